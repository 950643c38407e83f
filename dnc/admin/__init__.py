"""The admin of the Do Not Call list: rules, imports, and the numbers themselves."""

from dnc.admin import imports, numbers, rules

__all__ = ["imports", "numbers", "rules"]
