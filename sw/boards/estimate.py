def nearest(board, config, resources):
    return ""
