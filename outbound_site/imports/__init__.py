"""Lists of up to 10,000 rows in one request: read, judged row by row, queued and written in bulk."""
