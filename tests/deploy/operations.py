"""Runs the commands of docs/operations.md, one block after the other in one shell, and holds what
each prints against the block below it: every line there must be in what was printed, in this
order; `…` stands for anything.

    operations.py PAGE FOLDER HTTP_PORT GRPC_PORT
"""

import re
import subprocess
import sys

page, folder, http, grpc = sys.argv[1:]
MARK = "=== the next block"

blocks = re.findall(r"^```(sh|text)\n(.*?)^```$", open(page).read(), re.M | re.S)
steps = []
for kind, text in blocks:
    if kind == "sh":
        steps.append((text, []))
    else:
        steps[-1][1].extend(text.splitlines())
script = f"echo '{MARK}'\n".join(text for text, _ in steps)
script = script.replace("7012", http).replace("7022", grpc)
# What runs where a command fails ends with the shell.
script = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + script
ran = subprocess.run(
    ["timeout", "240", "bash", "-ueo", "pipefail", "-c", script],
    cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
)
faults = []
printed = ran.stdout.split(MARK + "\n")
for (text, wanted), said in zip(steps, printed):
    place = 0
    for line in wanted:
        for part in line.replace("7012", http).replace("7022", grpc).split("…"):
            found = said.find(part, place)
            if found < 0:
                faults.append(f"no `{line}` in what is printed by\n{text}\nwhich is\n{said}")
            place = max(place, found + len(part))
if ran.returncode != 0 or len(printed) != len(steps):
    last = steps[min(len(printed), len(steps)) - 1][0]
    faults.append(f"exit code {ran.returncode} in\n{last}\n{printed[-1]}\n{ran.stderr}")
if faults:
    sys.exit("\n".join(faults))
print(f"docs/operations.md: {len(steps)} blocks of commands")
