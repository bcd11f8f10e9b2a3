"""Rules of pregnancy, birth and the weeks after: dating, advice, the postnatal visits, obstetric emergencies. Pure."""
