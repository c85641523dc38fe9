"""What both services' rules are written with. It knows no service and no HTTP: standard library only."""
