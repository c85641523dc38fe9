"""The page `/_mock/ui`, for the person who tests: rendered here, kept up to date by server-sent events."""
