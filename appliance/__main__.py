"""`python -m appliance` is the same door as the `appliance` command."""

from appliance.cli.main import main

main()
