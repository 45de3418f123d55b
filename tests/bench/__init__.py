"""Figures, measured beside something plain in the same run; `stocktalk bench NAME` runs one."""
