"""Knows text that is no message of a shop: markup, code, templates, paths, orders to an assistant."""

from __future__ import annotations

import re

from handlers.understand.telltales import Telltales

_TELLTALES = Telltales(
    ("<", "{", "}", "$", "`", "=", ";", "/", "\\", "_", "%", "--", "javascript:"),
    ("rm -rf", "sudo", "curl", "wget", "eval", "os.system"),
    ("ignore", "disregard", "forget", "override", "bypass", "system", "assistant", "user", "you are now", "act as"),
    (" ai", "admin", "jailbreak", "developer mode", "new instruction"),
    ("忽略", "无视", "忘记", "忘掉", "跳过", "绕过"),
    ("提示", "你现在是", "假装", "扮演", "管理员", "开发者模式", "越狱"),
)
"""Of these all code and all such orders have one."""
_CODE = re.compile(
    r"<\s*/?\s*[a-z!][^>]*>?|\{\{|\}\}|\{%|\$\{|\$\(|`|<%|\bjavascript:|\bonerror\s*=|"
    r"\b(?:drop|delete|insert|update|select|alter|truncate|union|exec)\b.{0,60}(?:;|--|/\*)|"
    r"(?:;|--|'\s*;|/\*).{0,20}\b(?:drop|delete|insert|update|select|alter|truncate|union|exec)\b|"
    r"\.\./|/etc/|\b[a-z]:\\\\?|\\x[0-9a-f]{2}|\b(?:rm -rf|sudo|curl|wget|eval|os\.system)\b|"
    r"__[a-z]+__|\bor 1 ?= ?1\b|%[0-9a-f]{2}%[0-9a-f]{2}",
    re.DOTALL,
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass) (?:all |any |the |your |my )*(?:previous|prior|above|earlier|"
    r"system|safety|security|rules|instructions|restrictions)|\bsystem prompt|\byou are now\b|"
    r"\bas an? (?:ai|assistant|admin)\b|"
    r"\bact as\b|\bjailbreak|\bdeveloper mode|\bnew instructions?:|\b(?:system|assistant|user) ?:|"
    r"(?:忽略|无视|忘记|忘掉|跳过|绕过)(?:之前|上面|以上|前面|所有|一切|全部|你的|的|任何)*"
    r"(?:指令|指示|规则|提示|命令|限制|设定|审批|要求)|"
    r"系统提示|提示词|你现在是|(?:假装|扮演)你?是?|以管理员|管理员模式|开发者模式|越狱"
)


def is_injected(chars: str) -> bool:
    """Whether a normalised text carries code, markup or orders to an assistant: then none of it is read."""
    return _TELLTALES.are_in(chars) and bool(_CODE.search(chars) or _ORDERS.search(chars))
