"""The palette: from a few letters to a page, a tick or a log entry, by keyboard; and the list of shortcuts."""
