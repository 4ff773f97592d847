"""Run directories, checkpoints, the plan of what is done, and the pipeline that Make calls. No
TensorFlow here.
"""
