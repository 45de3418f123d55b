/**
 * What the page itself says, zh and en side by side. Everything about goods is said by the server.
 */
const WORDS = {
  add_pane: { zh: "加会话", en: "Add chat" },
  other_language: { zh: "English", en: "中文" },
  to_dark: { zh: "换成深色", en: "Switch to dark" },
  to_light: { zh: "换成浅色", en: "Switch to light" },
  tabs: { zh: "会话", en: "Chats" },
  unread: { zh: "有新内容", en: "something new" },
  person: { zh: "这里是谁", en: "Who is here" },
  one_to_one: { zh: "一对一", en: "One to one" },
  speaks: { zh: "{group} · {name}发言", en: "{group} · as {name}" },
  close_pane: { zh: "关掉这个会话", en: "Close this chat" },
  connecting: { zh: "连接中", en: "Connecting" },
  online: { zh: "已连接", en: "Online" },
  offline: { zh: "重连中", en: "Reconnecting" },
  refused: { zh: "没接通", en: "Refused" },
  retry: { zh: "再试", en: "Try again" },
  log: { zh: "{who}的消息", en: "Messages of {who}" },
  welcome: { zh: "你是{who}", en: "You are {who}" },
  welcome_try: { zh: "说一句就行,点一句试试", en: "Say it in one sentence, or tap one of these" },
  welcome_say: { zh: "说一句就行", en: "Say it in one sentence" },
  welcome_group: { zh: "在{group}里先叫我,点一句试试", en: "In {group}, address me first. Tap one of these" },
  placeholder: { zh: "问库存、调货、收货", en: "Ask for stock, transfer, receive" },
  placeholder_group: { zh: "先叫我:@小店 …", en: "Address me: @stocktalk …" },
  say: { zh: "发消息", en: "Write a message" },
  send: { zh: "发送", en: "Send" },
  examples: { zh: "例句", en: "Examples" },
  sending: { zh: "发送中", en: "Sending" },
  kept: { zh: "已送到", en: "Delivered" },
  bot: { zh: "小店", en: "Stocktalk" },
  newer: { zh: "有新内容", en: "New below" },
  waits_for_line: { zh: "没连上,连上后自动发出", en: "Not connected. It goes out once connected" },
  dismiss: { zh: "知道了", en: "Got it" },
  invite: { zh: "邀请同事", en: "Invite a colleague" },
  invite_by: { zh: "{name}邀请", en: "{name} invites" },
  invite_close: { zh: "关上", en: "Close" },
  invite_who: { zh: "让谁进来", en: "Who comes in" },
  invite_new: { zh: "新同事", en: "A new colleague" },
  invite_known: { zh: "这里的人,换到 Telegram 上用", en: "Somebody who is here, on Telegram" },
  invite_group: { zh: "群,听哪里的结果", en: "A group that hears of" },
  invite_where: { zh: "在哪里", en: "Where" },
  invite_make: { zh: "发邀请", en: "Make the invite" },
  invite_again: { zh: "再发一个", en: "Make another" },
  invite_scan: { zh: "用手机扫一下,或者把链接发过去", en: "Scan it with the phone, or send the link" },
  invite_once: { zh: "只能用一次,{until}前有效", en: "For one use, until {until}" },
  invite_qr: { zh: "邀请链接的二维码", en: "QR code of the invite link" },
  invite_copy: { zh: "复制链接", en: "Copy the link" },
  invite_copied: { zh: "已复制", en: "Copied" },
  invite_open: { zh: "还没用的邀请", en: "Open invites" },
  invite_none: { zh: "没有", en: "None" },
  invite_line: { zh: "{name}发的 · {until}前有效", en: "by {name} · until {until}" },
  invite_withdraw: { zh: "撤回", en: "Withdraw" },
  invite_failed: { zh: "没连上,什么都没改。再试一次", en: "Not connected; nothing changed. Try again" },
  no_server: {
    zh: "连不上服务,正在再试。已写的都留着",
    en: "No answer from the server, trying again. What you wrote is kept",
  },
};

/** Chinese or English: whatever else a server may name reads as English. */
export function languageOf(code) {
  return String(code ?? "zh").toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** The sentence in that language, its {facts} filled in. */
export function say(language, key, facts = {}) {
  return WORDS[key][languageOf(language)].replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
}
