"""What several readers' answers amount to: pure functions of plain Python, no Django."""
