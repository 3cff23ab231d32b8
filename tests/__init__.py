"""A package, so that another one of this name that is installed beside ours does not stand in for it."""
