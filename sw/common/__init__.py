"""What every command needs: errors, the terminal, whole files, progress, work side by side."""
