"""The report: figures, tables and prose around the numbers of the runs. No TensorFlow here."""
