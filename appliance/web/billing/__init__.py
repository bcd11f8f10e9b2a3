"""Pages of the money that is not the till: bills of a visit, tariffs of acts, payers, sheets, debts, the register of sales."""
