"""What the rules of both services are written with; it knows neither, and no HTTP."""
