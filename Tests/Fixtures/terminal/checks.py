"""Screens that are hard on a terminal, after the manner of vttest.

A page is drawn, its name is written on the last line, and any key turns to the next one. Pages that
ask the terminal show the answer as Python writes it; "answers", "paste" and "keys" read what comes.
"""
import hashlib
import os
import random
import re
import select
import signal
import struct
import sys
import termios
import tty
import fcntl

ESC, CSI = "\x1b", "\x1b["


def put(*parts):
    data = "".join(parts).encode()
    while data:
        data = data[os.write(1, data):]


def at(row, column=1):
    return f"{CSI}{row};{column}H"


def size():
    """Rows, columns, and the width and height in pixels (tty_ioctl(4), TIOCGWINSZ)."""
    return struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))


def read(pattern, seconds=600):
    """What is typed until it matches; None where that takes too long."""
    got = b""
    while not re.search(pattern, got, re.DOTALL):
        if not select.select([0], [], [], seconds)[0]:
            return None
        got += os.read(0, 65536)
    return got


def ask(question, answer):
    put(question)
    return read(answer)


def addressing():
    rows, columns, *_ = size()
    for row in range(2, rows):
        put(at(row), "<", at(row, columns), ">", at(row, row), chr(64 + row % 60))
    put(at(5, 20), "a", f"{CSI}3Bb", f"{CSI}4Cc", f"{CSI}2Ad", f"{CSI}6De", f"{CSI}15Gf", f"{CSI}9dg")
    put(at(7, columns - 4), "wraps over the edge", at(12, columns), "x\b\by")
    put(f"{CSI}?7l", at(14, columns - 4), "does not wrap", f"{CSI}?7h")
    put(at(16, 10), "delete", f"{CSI}3D{CSI}2P", at(17, 10), "insert", f"{CSI}3D{CSI}4@",
        at(18, 10), "erase", f"{CSI}4D{CSI}3X", f"{CSI}4h", at(19, 3), "in", f"{CSI}4l")


def regions():
    rows, *_ = size()
    for row in range(2, rows):
        put(at(row, 3), f"line {row}")
    put(f"{CSI}4;10r", at(10), "\n\n", at(4), f"{ESC}M", at(5, 20), f"{ESC}Dindex", f"{ESC}Enext")
    put(f"{CSI}12;{rows - 3}r", f"{CSI}2S", f"{CSI}1T", at(14), f"{CSI}2L", at(16), f"{CSI}1M", f"{CSI}r")
    put(f"{CSI}6;12r", f"{CSI}?6h", at(1), "origin", at(99, 5), "bottom", f"{CSI}?6l", f"{CSI}r")


def colours():
    for code in (*range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)):
        put(f"{CSI}{code}m{code} ", f"{CSI}m")
    put("\r\n")
    for index in range(16, 256):
        put(f"{CSI}48;5;{index}m ", f"{CSI}38;5;{255 - index}mx")
    put(f"{CSI}m\r\n")
    for index in range(0, 256, 8):
        put(f"{CSI}38;2;{index};{255 - index};128m#", f"{CSI}48:2::{index}:0:{index}m.")
    put(f"{CSI}m\r\n")
    for code in ("1", "2", "3", "4", "4:3", "5", "7", "8", "9", "21", "53", "1;3;4;31;42"):
        put(f"{CSI}{code}mattribute {code}{CSI}m|")
    put("\r\n", f"{CSI}44mfilled to the end{CSI}K", f"{CSI}41m", at(20, 30), f"{CSI}1K", f"{CSI}m")


def characters():
    _, columns, *_ = size()
    put("äöü € ß – „quoted“\r\n", "漢字かな交じり文 한국어\r\n", "e\u0301 a\u0308\u0323 n\u0303 Z\u0351\u036b\u0343\r\n")
    put("☕ 🙂 👩‍💻 🇩🇪 ❤️ |\r\n", "العربية עברית\r\n", "\u200bzero\u200dwidth\u2060.\r\n")
    put(at(9, columns), "宽", "after", at(11, 4), "漢漢漢", at(11, 5), "x", at(11, 7), "y")
    put(at(12), f"{ESC}(0lqqqwqqqk x  x `afg{ESC}(B", "\x0e", "shifted", "\x0f", f"{ESC})0", "\x0eqqq\x0f")
    put(at(14), "invalid: ")
    os.write(1, b"\xff\xfe \xc3( \xed\xa0\x80 \xf0\x9f\x99 end")
    put(at(15), "many", "\u0300" * 40, "!")


def tabs():
    put("a\tb\tc\r\n", f"{CSI}3g", at(4, 5), f"{ESC}H", at(4, 30), f"{ESC}H", "\r", "1\t2\t3\r\n")
    put(at(6, 50), f"{CSI}2Zx", at(7), f"{CSI}2Iy", at(4, 5), f"{CSI}0g", at(8), "1\t2")


def saved():
    put(at(3, 9), f"{CSI}1;33m", f"{ESC}7", at(9, 2), f"{CSI}m", "elsewhere", f"{ESC}8", "back, bold")
    put(f"{CSI}m", at(5, 9), f"{CSI}s", at(10), "away", f"{CSI}u", "again")
    put(f"{CSI}?1049h{CSI}2J", at(2, 2), "on the other screen", f"{CSI}?1049l", "here again")
    put(at(12), "x", f"{CSI}5b")


def left_on():
    """Modes that the terminal keeps; tmux tells them."""
    put(f"{CSI}?1049h{CSI}2J{CSI}H", f"{CSI}?25l{CSI}?1h{ESC}=", f"{CSI}?1000h{CSI}?1006h{CSI}?1004h")
    put(f"{CSI}4h{CSI}?6h{CSI}5;9r", f"{CSI}4 q", f"{ESC}]2;a title – ä\x07", at(1), "modes")


def put_back():
    put(f"{CSI}4l{CSI}?6l{CSI}r", f"{CSI}?1000l{CSI}?1006l{CSI}?1004l", f"{CSI}?1l{ESC}>{CSI}?25h{CSI}?1049l")
    put(f"{CSI}0 q{ESC}]2;plain{ESC}\\{ESC}c")


def answers():
    questions = [
        ("device attributes", f"{CSI}c", rb"\x1b\[\?[0-9;]*c"),
        ("secondary", f"{CSI}>c", rb"\x1b\[>[0-9;]*c"),
        ("version", f"{CSI}>q", rb"\x1bP>\|[^\x1b]*\x1b\\"),
        ("status", f"{CSI}5n", rb"\x1b\[0n"),
        ("place", f"{at(7, 33)}{CSI}6n", rb"\x1b\[\d+;\d+R"),
        ("corner", f"{at(999, 999)}{CSI}6n", rb"\x1b\[\d+;\d+R"),
    ]
    found = [(name, ask(question, answer)) for name, question, answer in questions]
    many = ask(f"{CSI}6n" * 100, rb"(\x1b\[\d+;\d+R){100}")
    for row, (name, answer) in enumerate(found):
        put(at(2 + row), f"{name}: {answer}")
    put(at(9), f"a hundred: {many and len(many)}", at(10), f"TERM {os.environ.get('TERM')}, {sys.stdin.isatty()}")


def paste():
    put(f"{CSI}?2004h", at(2), "paste now")
    text = read(rb"\x1b\[201~") or b""
    put(f"{CSI}?2004l", at(3), f"{len(text)} bytes, {hashlib.sha256(text).hexdigest()[:16]}")
    put(at(4), f"begins {text[:12]!r}, ends {text[-12:]!r}")


def keys():
    put(f"{CSI}?1002h{CSI}?1006h", at(2), "type now")
    text = read(rb"!$") or b""
    put(f"{CSI}?1002l{CSI}?1006l", at(3), repr(text))


def sizes():
    """The size as it is, and once more with each SIGWINCH until a key comes."""
    changed, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGWINCH, lambda *_: None)
    while True:
        rows, columns, width, height = size()
        put(f"{CSI}2J", at(2), f"{columns} columns, {rows} rows, {width}x{height} pixels", at(rows, columns - 1), "+")
        ready = select.select([0, changed], [], [], 600)[0]
        if 0 in ready or not ready:
            os.read(0, 100)
            break
        os.read(changed, 100)


def storm():
    """Thousands of sequences in any order, the same each time."""
    rows, columns, *_ = size()
    pick = random.Random(1978)
    numbers = (0, 1, 2, 3, 7, 40, 300)
    for _ in range(400):
        part = []
        for _ in range(20):
            number = pick.choice(numbers)
            part.append(pick.choice([
                lambda: at(pick.randint(1, rows), pick.randint(1, columns)),
                lambda: f"{CSI}{number}{pick.choice('ABCDEFGHIJKLMPSTXZ@`abdef')}",
                lambda: f"{CSI}{pick.choice((0, 1, 3, 4, 7, 31, 42, 97))}m",
                lambda: f"{CSI}38;5;{pick.randint(0, 255)}m",
                lambda: f"{CSI}{pick.randint(1, 12)};{pick.randint(13, rows)}r",
                lambda: pick.choice([f"{ESC}M", f"{ESC}D", f"{ESC}E", f"{ESC}7", f"{ESC}8", "\r\n", "\b", "\t"]),
                lambda: f"{CSI}?{pick.choice((6, 7, 25))}{pick.choice('hl')}",
                lambda: "".join(pick.choice("abcdefgh ä€漢🙂\u0301") for _ in range(pick.randint(1, 30))),
            ])())
        put("".join(part))
    put(f"{CSI}?7h{CSI}?6l{CSI}?25h{CSI}r{CSI}m")


def main():
    pages = [globals()[name] for name in sys.argv[1:]]
    old = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        for page in pages:
            put(f"{CSI}m{CSI}2J{CSI}H")
            page()
            put(f"{CSI}m" if page is left_on else at(size()[0]) + f"{CSI}m{CSI}K", f"page {page.__name__} is drawn")
            read(rb".")
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, old)
    put(f"{CSI}2J{CSI}Hthat was all\r\n")


main()
