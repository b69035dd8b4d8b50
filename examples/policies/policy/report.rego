# What a reader is told: each finding on a line of its own, and their number. The input is one plan, or a list of plans.
package safetyculture_report

import data.safetyculture

plans := input if {
	is_array(input)
} else := [input]

lines := [finding.msg |
	some plan in plans
	some finding in safetyculture.deny with input as plan
]

text := concat("\n", array.concat(lines, [sprintf("%d findings in %d plans", [count(lines), count(plans)])]))
