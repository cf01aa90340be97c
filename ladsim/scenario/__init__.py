"""What a scenario file may say: reading, checking, addressing, changing and resolving it; tables for the engines."""
