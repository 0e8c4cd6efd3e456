"""Kinds of tasks that are programs, for scenarios that interrupt runs."""


def line_by_line(lines):
    """`resuming` and `restarting`: each prints what is left of so many lines (the second one always all), and after each
    line, the last one too, does nothing for a second."""
    left = f"""i=${{TASK_RESULTS_BEFORE}}; while [ $i -lt {lines} ]; do echo "{{\\"index\\":$i}}"; i=$((i+1)); sleep 1; done"""
    return f"""
[tasks.resuming]
command = ["sh", "-c", '{left}']
resumable = true
[tasks.restarting]
command = ["sh", "-c", '{left.replace("${TASK_RESULTS_BEFORE}", "0")}']
"""
