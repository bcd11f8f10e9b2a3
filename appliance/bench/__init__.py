"""Speed and size, measured beside their budgets and a floor of the same run. A benchmark, never a test."""
