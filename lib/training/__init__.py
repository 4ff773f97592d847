"""How a model is trained: the command, the loop over epochs, batches, schedules. Nothing here knows
any one model.
"""
