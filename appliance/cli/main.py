"""The `appliance` command: finds its subcommands by name and says every fault in one clear line.

Exit codes: 0 done; 1 a check found something; 2 refused or wrongly called; 3 damage or a fault of ours;
4 something did not answer.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from typing import Any

import click

from appliance import __version__
from appliance.cli.faults import EXIT_REFUSED, exit_code, say_fault, say_os_fault
from appliance.core.errors import ApplianceError

# Command -> module under appliance.cli and what `appliance --help` says of it. Modules load when called.
COMMANDS = {
    "init": "make the store of a new centre from a description",
    "serve": "run the resident process: pages, ledger, jobs",
    "courier": "run the process that reaches the Internet",
    "generate": "fill a store with a living, invented centre",
    "demo": "a generated centre with everything around it, on this machine",
    "standin": "a stand-in of the national DHIS2, for tests and the demonstration",
    "stock": "one product's balance, consumption and months of stock; import of the product list",
    "orders": "orders: list, show, confirm; receive a delivery",
    "prices": "the price list: import, export, list",
    "report": "a month's report as figures or paper",
    "till": "tills: show, open, close with a count",
    "link": "set, test and show the link to the national instance",
    "sync": "what waits to be sent, what was answered; send now",
    "audit": "read the chain of acts again",
    "check": "every invariant over the whole store",
    "bench": "measure speed and size beside their budgets",
    "rules": "ask a rule: names, consumption, order, share; no store needed",
}


class Lazy(click.Group):
    """Loads a subcommand's module only when it is asked for, so that `appliance rules` needs no web server."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if importlib.util.find_spec(f"appliance.cli.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = getattr(importlib.import_module(f"appliance.cli.{cmd_name}"), cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def appliance() -> None:
    """The box on the wall of a community health centre."""


def main() -> None:
    """Run the command line and turn every fault into one line and an exit code.

    What any command writes is its owner's alone: the courier shares the store's folder to reach the door in it.
    """
    os.umask(0o077)
    try:
        # Not standalone, click hands back the code of `ctx.exit` instead of leaving with it.
        code = appliance(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as fault:
        fault.show()
        sys.exit(EXIT_REFUSED)
    except ApplianceError as fault:
        say_fault(fault)
        sys.exit(exit_code(fault))
    except OSError as fault:
        say_os_fault(fault)
        sys.exit(EXIT_REFUSED)
    sys.exit(code if isinstance(code, int) else 0)


def show(facts: Any) -> None:
    """Print facts as JSON."""
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
