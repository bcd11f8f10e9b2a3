"""The exchange with MEDEXIS, through the national instance: papers by message in, events and messages out."""
