"""Checks one Bot API call against the machine-readable Bot API description (bot_api.json)."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

PRIMITIVE = {"Integer": int, "Float": (int, float), "String": str, "Boolean": bool, "True": bool}


@dataclass
class Upload:
    """A file that came with a call (or that a simulated user sends)."""

    name: str
    data: bytes
    mime: str = "application/octet-stream"


class Schema:
    def __init__(self, path=Path(__file__).with_name("bot_api.json")):
        spec = json.loads(Path(path).read_text("utf-8"))
        self.version, self.reactions = spec["version"], spec["reactions"]
        self.types, self.methods = spec["types"], spec["methods"]
        self.names = {name.lower(): name for name in self.methods}

    def name_of(self, method):
        """The documented spelling of a method (the real server ignores case), or None."""
        return self.names.get(method.lower())

    def read(self, method, raw):
        """Decode the form or JSON values of a call -> (params, problems); a problem is (code, text)."""
        fields, params, found = self.methods[method]["fields"], {}, []
        for key, value in raw.items():
            if key not in fields:  # Telegram ignores these; nearly always a misspelt parameter
                if not isinstance(value, Upload):
                    found.append(("unknown_field", f"{method} has no parameter {key!r}"))
                continue
            try:
                params[key] = decode(value, fields[key]["types"])
            except ValueError:
                found.append(
                    ("type", f"can't parse {key!r} as {' or '.join(fields[key]['types'])}: {str(value)[:60]!r}")
                )
        found += self._fields(params, fields, method)
        return params, found

    def _fields(self, obj, fields, at):
        found = [
            ("missing", f"{at}: required {key!r} is missing")
            for key, f in fields.items()
            if f.get("required") and obj.get(key) is None
        ]
        for key, value in obj.items():
            if key not in fields:
                found.append(("unknown_field", f"{at} has no field {key!r}"))
            elif value is not None:
                found += self._value(value, fields[key], f"{at}.{key}")
        return found

    def _value(self, value, field, at):
        tries = [self._type(value, t, at) for t in field["types"]]
        found = min(tries, key=len)
        if "const" in field and value != field["const"]:
            found = found + [("type", f"{at} must be {field['const']!r}")]
        low, high, unit, after_parsing = field.get("limit", (0, None, "", False))
        if isinstance(value, str) and high is not None and not after_parsing:
            size = len(value.encode()) if unit == "bytes" else len(value)
            if not low <= size <= high:
                found = found + [("limit", f"{at}: {size} {unit}, allowed {low}-{high}")]
        return found

    def _type(self, value, name, at):
        if name.startswith("Array of "):
            if not isinstance(value, list):
                return [("type", f"{at}: expected an array")]
            return [p for i, v in enumerate(value) for p in self._type(v, name[9:], f"{at}[{i}]")]
        if name == "InputFile":
            return [] if isinstance(value, (Upload, str)) else [("type", f"{at}: expected a file")]
        if name in PRIMITIVE:
            good = isinstance(value, PRIMITIVE[name]) and (name in ("Boolean", "True") or not isinstance(value, bool))
            return [] if good else [("type", f"{at}: expected {name}, got {type(value).__name__}")]
        if not isinstance(value, dict):
            return [("type", f"{at}: expected {name}")]
        spec = self.types[name]
        if "any" in spec:
            return min((self._type(value, t, at) for t in spec["any"]), key=len)
        return self._fields(value, spec["fields"], f"{at}:{name}")

    def formatted(self, obj, fields):
        """Yield (text, parse_mode, low, high, key) for every formatted text in a call, however deep."""
        for key, field in fields.items():
            value = obj.get(key)
            if isinstance(value, str) and field.get("limit", [0, 0, 0, False])[3]:
                mode = obj.get(key + "_parse_mode") or obj.get("parse_mode")
                yield value, mode, *field["limit"][:2], key
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    for name in field["types"]:
                        for sub in self.types.get(name.removeprefix("Array of "), {}).get(
                            "any", [name.removeprefix("Array of ")]
                        ):
                            inner = self.types.get(sub, {}).get("fields", {})
                            if inner and inner.get("type", {}).get("const") in (None, item.get("type")):
                                yield from self.formatted(item, inner)

    def blank(self, name, given=None):
        """The smallest valid object of a type, taking what `given` has: an answer for methods not modelled."""
        if name.startswith("Array of "):
            return [self.blank(name[9:], v) for v in given] if isinstance(given, list) else []
        if name in PRIMITIVE:
            zero = {"Integer": 0, "Float": 0.0, "String": ""}.get(name, True)
            return zero if given is None or isinstance(given, (dict, list)) else given
        spec = self.types[name]
        if "any" in spec:
            return self.blank(spec["any"][0], given)
        given = given if isinstance(given, dict) else {}
        return {
            k: self.blank(f["types"][0], given[k])
            if given.get(k) is not None
            else f.get("const", self.blank(f["types"][0]))
            for k, f in spec["fields"].items()
            if f.get("required") or k in given
        }


def decode(value, types):
    """One form value as the type its parameter has; JSON bodies come decoded already."""
    if not isinstance(value, str) or types == ["String"]:
        return value
    if "InputFile" in types or (types == ["Integer", "String"] and not re.fullmatch(r"-?\d+", value)):
        return value
    if types == ["Boolean"]:
        if value.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise ValueError(value)
        return value.lower() in ("true", "1", "yes")
    return json.loads(value)
