"""Every word a user meets beside errors, in English, Danish and Norwegian bokmål: ``Locale("da").text("chart.median")``.

``locale`` says a text; numbers, money and dates are those of ``numbers``, ``amounts`` and ``dates``, with the marks and words of a language
from ``numerals``; ``catalogue`` reads the texts. The texts are TOML files of this folder: ``en.toml``, ``da.toml``, ``nb.toml``; a subject
with many words of its own has files beside them, ``SUBJECT.LANGUAGE.toml``.

To add a text: a key in all three languages, with the same {placeholders}. To add a language: its files, a line in
``catalogue.LANGUAGES``, one in ``numerals.FORMS``, its code and its word for an assumption in ``scenario.texts``.
"""

from ladsim.i18n.catalogue import LANGUAGES
from ladsim.i18n.locale import ENGLISH, Locale

__all__ = ["Locale", "ENGLISH", "LANGUAGES"]
