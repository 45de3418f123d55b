"""strictgram: a strict stub of the Telegram Bot API server, with people a test can drive. See README.md."""

from .driver import Driver, DriverError, StrictServer
from .server import ApiError

__all__ = ["ApiError", "Driver", "DriverError", "StrictServer"]
