"""What both faces share of Pulumi's engine: its log, the form of failures, and the end of a call."""
