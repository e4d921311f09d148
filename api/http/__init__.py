"""What no resource owns: keys, limits, problems, pages, conditional responses, headers, metrics, downloads."""
