"""What a person runs: the command `bispike`, its run folders, reports and measurements."""
