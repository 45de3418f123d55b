"""The Telegram channel against a strict stand-in for the platform, in this process."""
