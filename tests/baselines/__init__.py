"""Recorded results: scenarios stored as data, and a hash of everything that came out of each.

A change that is to change no result is tried against these: ``python -m tests.baselines check``. Names are left out of every hash,
so that a renaming of keys, columns or functions passes; another number, another order, a row more or less does not.

``results`` turns a run into hashes, ``stored`` keeps scenarios and hashes in files, ``played`` plays what is stored.
"""
