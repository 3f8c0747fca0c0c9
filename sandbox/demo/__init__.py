"""The main job on one machine: the program of the project's root, under an engine, against the emulated AWS.

``tools`` finds the pulumi CLI, installs it privately, or falls back on the sandbox's engine; ``tour`` goes
through preview, up, outputs, refresh and destroy and checks what each of them did.
"""
