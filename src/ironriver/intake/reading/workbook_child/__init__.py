"""The process that opens workbooks: it imports nothing of the project, and little else.

A hostile workbook can exhaust memory or abort the process that reads it, so this one is alone, with
limits on memory and processor time, and hands rows over as lines of JSON.
"""
