/// The style sheet of an exported page: for screens light and dark, and for paper.
enum PageStyle {
    static let css = base + colours

    private static let base = """
        :root{color-scheme:light dark;--page:#f3f4f6;--sheet:#fff;--ink:#1f2328;--faint:#667080;
        --line:#d9dde3;--mark:#0b62c4;--good:#1a7f37;--bad:#c62828;--wait:#96660a;--goodbg:#e3f4e7;
        --badbg:#fde8e8;--waitbg:#fbf0d9;
        --a0:#24292f;--a1:#c4282d;--a2:#1a7f37;--a3:#8a6100;--a4:#0b5cc4;--a5:#8639b5;--a6:#0e7490;
        --a7:#6b7380;--a8:#57606a;--a9:#dc3b40;--a10:#2a9848;--a11:#a87300;--a12:#2f7df0;
        --a13:#a450d6;--a14:#1490b0;--a15:#8b939e;
        --mono:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",
        "Liberation Mono",monospace;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",
        "DejaVu Sans",sans-serif}
        @media (prefers-color-scheme:dark){:root{--page:#0f1216;--sheet:#171b21;--ink:#d8dee6;
        --faint:#8b96a5;--line:#2c333d;--mark:#6cb0ff;--good:#5fd07f;--bad:#ff7b7b;--wait:#e5b450;
        --goodbg:#12301c;--badbg:#3a1719;--waitbg:#33270e;
        --a0:#7d8796;--a1:#ff7b72;--a2:#5fd07f;--a3:#e5b450;--a4:#6cb0ff;--a5:#d59bff;--a6:#4fd0df;
        --a7:#c9d1d9;--a8:#8b949e;--a9:#ffa198;--a10:#7ee79b;--a11:#f2cc60;--a12:#94c7ff;
        --a13:#e2b8ff;--a14:#7ee3ee;--a15:#ffffff}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 var(--sans)}
        main{max-width:1120px;margin:0 auto;padding:28px 20px 48px}
        header{display:flex;flex-wrap:wrap;gap:6px 16px;align-items:baseline;
        justify-content:space-between}
        h1{margin:0;font-size:22px;line-height:1.3;font-weight:650;overflow-wrap:anywhere;
        flex:1 1 320px}
        h1 .dep{color:var(--faint);font-weight:500}
        h1 code{font:600 20px var(--mono)}
        h2{font-size:15px;margin:0;font-weight:650;overflow-wrap:anywhere}
        .badge{padding:3px 12px;border-radius:99px;font-weight:600;font-size:14px;
        border:1px solid currentColor}
        .succeeded{color:var(--good);background:var(--goodbg)}
        .failed{color:var(--bad);background:var(--badbg)}
        .running,.interrupted,.detached{color:var(--wait);background:var(--waitbg)}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:10px 24px;
        margin:18px 0 22px}
        dt{color:var(--faint);font-size:12.5px}
        dd{margin:0;overflow-wrap:anywhere}
        dd code{font:13px var(--mono)}
        a{color:var(--mark)}
        :focus-visible{outline:2px solid var(--mark);outline-offset:2px}
        .note{border:1px solid currentColor;border-radius:8px;padding:8px 14px;margin:0 0 18px;
        color:var(--wait);background:var(--waitbg)}
        .card{background:var(--sheet);border:1px solid var(--line);border-radius:10px;
        margin:0 0 18px;overflow:hidden}
        .head{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:baseline;padding:10px 16px;
        border-bottom:1px solid var(--line)}
        .head .time{color:var(--faint);font-size:13px;margin-left:auto}
        .steps{width:100%;border-collapse:collapse;font-size:14px}
        .steps th,.steps td{text-align:left;padding:7px 16px;border-bottom:1px solid var(--line);
        overflow-wrap:anywhere}
        .steps th{color:var(--faint);font-weight:500;font-size:12.5px}
        .steps tr:last-child td{border-bottom:0}
        .steps .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        .ok{color:var(--good);font-weight:600}.no{color:var(--bad);font-weight:600}
        .lines{padding:10px 0;font:13px/1.5 var(--mono);tab-size:8;overflow-wrap:anywhere;
        content-visibility:auto;contain-intrinsic-size:auto 800px}
        .l{display:flex;padding:0 16px 0 0;min-height:1.5em;border-left:3px solid transparent}
        .l::before{content:attr(data-t);flex:0 0 6.5em;padding:0 1.2em 0 0;text-align:right;
        color:var(--faint);opacity:.75;font-size:12px;line-height:19.5px;user-select:none;
        -webkit-user-select:none}
        .l>span{white-space:pre-wrap;min-width:0;flex:1;unicode-bidi:isolate}
        .l:hover{background:color-mix(in srgb,var(--mark) 8%,transparent)}
        .err{border-left-color:var(--bad)}
        .gap{color:var(--wait);background:var(--waitbg);font-style:italic}
        .empty{color:var(--faint);padding:4px 16px}
        .player{display:none}
        .js .player{display:block}
        #screen{margin:0;padding:14px 16px;font:13px/1.4 var(--mono);overflow:auto;
        white-space:pre;tab-size:8}
        #screen div{min-height:1.4em}
        .bar{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;padding:9px 16px;
        border-top:1px solid var(--line)}
        .bar button,.bar select{font:inherit;font-size:14px;color:inherit;background:var(--page);
        border:1px solid var(--line);border-radius:7px;padding:4px 12px;cursor:pointer}
        .bar button:hover,.bar select:hover{border-color:var(--mark)}
        .bar select{max-width:16em;padding:4px 8px}
        #play{min-width:5.5em}
        #seek{flex:1 1 180px;accent-color:var(--mark)}
        #clock{font:13px var(--mono);color:var(--faint);white-space:nowrap}
        .keys{color:var(--faint);font-size:12.5px;padding:0 16px 10px;margin:0}
        kbd{font:11.5px var(--mono);border:1px solid var(--line);border-radius:4px;padding:0 5px}
        footer{color:var(--faint);font-size:12.5px;overflow-wrap:anywhere}
        @media (max-width:640px){.l::before{flex-basis:4.6em;padding-right:.8em;font-size:11px}
        main{padding:18px 10px}.lines,#screen{font-size:12px}}
        @media print{:root{color-scheme:light;--page:#fff}body{font-size:11pt}main{max-width:none;
        padding:0}.player,.js .player{display:none}.card{border-radius:0;overflow:visible}
        .lines{font-size:8.5pt;content-visibility:visible}.l::before{font-size:7.5pt}
        .head{break-after:avoid}.l{break-inside:avoid}
        *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        .b{font-weight:700}.i{font-style:italic}.u{text-decoration:underline}
        .s{text-decoration:line-through}.u.s{text-decoration:underline line-through}
        .r{background:var(--ink);color:var(--sheet)}

        """

    /// The sixteen colours are the page's own, so that they can be read on it; the others are xterm's.
    private static let colours: String = {
        var rules = ""
        for number in 0..<256 {
            let colour = number < 16 ? "var(--a\(number))" : Palette.css(number)
            rules += ".f\(number){color:\(colour)}.g\(number){background:\(colour)}\n"
        }
        return rules
    }()
}
