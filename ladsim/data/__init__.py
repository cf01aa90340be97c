"""Customers' data in: transactions, rungs, deals, referrals, surveys, contacts, subscriptions, read with a report of what was dropped and why."""
