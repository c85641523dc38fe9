"""The page `/_mock/ui` for testers. The mock renders it, and server-sent events keep it up to date."""
