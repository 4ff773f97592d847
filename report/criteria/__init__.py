"""Criteria of the claims and suspected defects, and the verdicts that follow from them.

One file per section of the report, for claims and for defects; `comparisons` has what they share,
`findings` turns numbers into verdicts, and `claims` evaluates all criteria. No wording of the page
and no formatting belongs here.
"""
