"""Version 3's part of the control API: what schools, the department and the appropriate body do."""
