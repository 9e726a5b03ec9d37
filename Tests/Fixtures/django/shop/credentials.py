"""Add-on credentials, as cloudControl handed them out: CRED_FILE names a JSON file
{"ADDON": {"ADDON_KEY": value}}. Without the variable, or without the add-on, defaults hold."""

import json
import os


def load(path=os.environ.get("CRED_FILE")):
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def addon(credentials, name):
    """The values of one add-on, without the prefix that repeats its name."""
    prefix = name + "_"
    values = credentials.get(name, {})
    return {key[len(prefix):]: value for key, value in values.items() if key.startswith(prefix)}
