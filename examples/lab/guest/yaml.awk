# Flattens the YAML of seeds into lines "path<TAB>value", for example "users/0/name<TAB>ada".
# Block and flow collections, all five scalar styles, JSON. No anchors, tags or multiple documents.
# In values a backslash is written as \\ and a newline as \n: `printf %b` restores the original.

{ line[++count] = $0 }

END { at = 1; node("", 0) }

function emit(path, value,    part, n, i, out) {
  n = split(value, part, "\\")
  out = part[1]
  for (i = 2; i <= n; i++) out = out "\\\\" part[i]
  n = split(out, part, "\n")
  out = part[1]
  for (i = 2; i <= n; i++) out = out "\\n" part[i]
  print path "\t" out
}

function join(path, key) { return path == "" ? key : path "/" key }
function indent(text) { match(text, /^ */); return RLENGTH }
function trim(text) { sub(/^[ \t]+/, "", text); sub(/[ \t\r]+$/, "", text); return text }
function skip() { while (at <= count && line[at] ~ /^[ \t\r]*(#.*)?$|^---[ \t\r]*$/) at++ }

# The length of the key with its colon, or 0 if the text is not "key: ...".
function key_length(text) {
  if (match(text, /^"([^"\\]|\\.)*"[ ]*:/) || match(text, /^'([^']|'')*'[ ]*:/)) {
    return substr(text, RLENGTH + 1) ~ /^([ \t\r]|$)/ ? RLENGTH : 0
  }
  if (text ~ /^[][{},&*!|>'"%@`#]/) return 0
  if (!match(text, /:([ \t\r]|$)/)) return 0
  return substr(text, 1, RSTART) ~ / #/ ? 0 : RSTART
}

function node(path, least,    level, text) {
  skip()
  if (at > count || (level = indent(line[at])) < least) return
  text = substr(line[at], level + 1)
  if (text ~ /^-([ \t\r]|$)/) sequence(path, level)
  else if (key_length(text)) mapping(path, level)
  else { at++; scalar(path, trim(text), least - 1) }
}

# An item's dash becomes a blank; the rest of the line is then an ordinary node with more indentation.
function sequence(path, level,    item) {
  for (item = 0; at <= count && indent(line[at]) == level && substr(line[at], level + 1) ~ /^-([ \t\r]|$)/; item++) {
    line[at] = substr(line[at], 1, level) " " substr(line[at], level + 2)
    node(join(path, item), level + 1)
    skip()
  }
}

function mapping(path, level,    text, length_of_key, key, rest) {
  while (at <= count && indent(line[at]) == level && (length_of_key = key_length(substr(line[at], level + 1)))) {
    text = substr(line[at], level + 1)
    flow = substr(text, 1, length_of_key - 1)
    key = join(path, flow_scalar(""))
    rest = trim(substr(text, length_of_key + 1))
    at++
    if (rest != "" && rest !~ /^#/) scalar(key, rest, level)
    else {
      skip()
      if (at <= count && indent(line[at]) > level) node(key, level + 1)
      else if (at <= count && indent(line[at]) == level && substr(line[at], level + 1) ~ /^-([ \t\r]|$)/) sequence(key, level)
      else emit(key, "")
    }
    skip()
  }
}

# The text is on the line before `at`; lines with more indentation than `level` continue it.
function scalar(path, text, level) {
  if (text ~ /^[|>]/) return block(path, text, level)
  while (at <= count && (trim(line[at]) == "" || indent(line[at]) > level || line[at] ~ /^[]}]/)) {
    if (text ~ /^"/ && text ~ /\\$/) text = substr(text, 1, length(text) - 1) trim(line[at++])
    else if (text ~ /^["'[{]/ || trim(line[at]) !~ /^(#.*)?$/) text = text " " trim(line[at++])
    else at++
  }
  flow = text
  if (text ~ /^["'[{]/) return collection(path)
  sub(/[ \t]+#.*$/, "", flow)
  emit(path, trim(flow))
}

function block(path, head, level,    base, out, blank, text, folded, started) {
  folded = head ~ /^>/
  base = match(head, /[1-9]/) ? (level < 0 ? 0 : level) + substr(head, RSTART, 1) : 0
  for (; at <= count; at++) {
    text = line[at]
    if (trim(text) == "") { blank = blank "\n"; continue }
    if (indent(text) <= level) break
    if (!base) base = indent(text)
    if (!started) out = blank
    else if (folded && blank == "") out = out " "
    else if (folded) out = out blank
    else out = out "\n" blank
    out = out substr(text, base + 1)
    blank = ""
    started = 1
  }
  if (started && head !~ /-/) out = out "\n"
  if (head ~ /\+/) out = out blank
  emit(path, out)
}

# The functions below read from the front of `flow`.
function next_token() { sub(/^[ \t]+/, "", flow); return substr(flow, 1, 1) }
function drop(n) { flow = substr(flow, n + 1) }

function collection(path,    close_mark, item, key, is_map) {
  close_mark = next_token()
  if (close_mark != "{" && close_mark != "[") { emit(path, flow_scalar("],}")); return }
  is_map = close_mark == "{"
  close_mark = is_map ? "}" : "]"
  drop(1)
  for (item = 0; flow != "" && next_token() != close_mark; item++) {
    key = item
    if (is_map) {
      key = flow_scalar(":")
      if (next_token() == ":") drop(1)
    }
    collection(join(path, key))
    if (next_token() == ",") drop(1)
  }
  drop(1)
}

function flow_scalar(stop,    text, mark) {
  mark = next_token()
  if (mark == "\"" && match(flow, /^"([^"\\]|\\.)*"/)) {
    text = substr(flow, 2, RLENGTH - 2)
    drop(RLENGTH)
    return unescape(text)
  }
  if (mark == "'" && match(flow, /^'([^']|'')*'/)) {
    text = substr(flow, 2, RLENGTH - 2)
    drop(RLENGTH)
    gsub(/''/, "'", text)
    return text
  }
  if (stop == "" || !match(flow, "[" stop "]")) { text = flow; flow = ""; return trim(text) }
  text = substr(flow, 1, RSTART - 1)
  drop(RSTART - 1)
  return trim(text)
}

function unescape(text,    out, code) {
  while (match(text, /\\/)) {
    out = out substr(text, 1, RSTART - 1)
    code = substr(text, RSTART + 1, 1)
    text = substr(text, RSTART + 2)
    if (code == "n") code = "\n"
    else if (code == "t") code = "\t"
    else if (code == "r") code = "\r"
    else if (code == "e") code = "\033"
    else if (code == "0") code = ""
    else if (code == "u") { code = utf8(hex(substr(text, 1, 4))); text = substr(text, 5) }
    else if (code == "x") { code = utf8(hex(substr(text, 1, 2))); text = substr(text, 3) }
    out = out code
  }
  return out text
}

function hex(digits,    i, value) {
  for (i = 1; i <= length(digits); i++) value = value * 16 + index("0123456789abcdef", tolower(substr(digits, i, 1))) - 1
  return value
}

function utf8(code) {
  if (code < 128) return sprintf("%c", code)
  if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
  return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
}
