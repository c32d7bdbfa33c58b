"""The style sheet of the HTML report, in the colours of both themes; the reader's system chooses between them."""

from __future__ import annotations

from lossdoctor.figures.theme import SURFACES, Theme, load_theme
from lossdoctor.findings import Severity, Verdict

_RULES = """
*{box-sizing:border-box}
html{color-scheme:light dark;background:var(--window);scroll-behavior:smooth}
body{margin:0 auto;max-width:60rem;padding:2rem 1rem 4rem;color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
a{color:var(--accent);text-decoration:none}a:hover,a:focus{text-decoration:underline}
h1{font-size:1.9rem;line-height:1.2;margin:.2rem 0}h2{font-size:1.45rem;line-height:1.25;margin:0}
h3{font-size:1.02rem;margin:1.5rem 0 .5rem}h4{font-size:.95rem;margin:1.1rem 0 .2rem}
p{margin:.3rem 0}.muted,.sub{color:var(--muted);font-size:.87em}
section{background:var(--panel);border:1px solid var(--border);border-radius:8px;padding:1.2rem 1.5rem 1.5rem;margin:1.2rem 0}
.top{float:right;font-size:.85rem}
.logo{float:right;max-height:3.2rem;max-width:14rem}
.cols{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));column-gap:2rem}
.cols>div{min-width:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:.4rem 0}
dt{color:var(--muted)}dd{margin:0}
.settings span{display:inline-block;margin-right:1em;max-width:100%}.settings i{font-style:normal;color:var(--muted)}
pre{background:var(--window);border-radius:6px;padding:.7rem .9rem;white-space:pre-wrap;font-size:.87rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
th{text-align:left;font-weight:400;color:var(--muted);border-bottom:1px solid var(--axis)}
th,td{padding:.28rem .5rem;vertical-align:top}td{border-bottom:1px solid var(--border)}
th:first-child,td:first-child{padding-left:0}.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td,th{overflow-wrap:normal}.w{min-width:9rem}
.badge{white-space:nowrap;font-weight:600}
.badge svg,.mark svg{width:.95em;height:.95em;vertical-align:-.08em;margin-right:.4em}
.spark{display:block;width:6.5rem;height:1.4rem}.spark path{fill:none;stroke:var(--text);stroke-width:1.2;
vector-effect:non-scaling-stroke}.spark .f{opacity:.35}
.banner{display:flex;gap:1.2rem;align-items:baseline;border-radius:8px;padding:.7rem 1rem;margin:.7rem 0 1rem}
.banner .badge{font-size:1.25rem}.banner .sub b{margin-right:1em}
.bar{display:block;height:.7rem;border-radius:2px;opacity:.5;background:currentColor;min-width:2px}
.counts{width:auto}.counts td{border:0;padding:.1rem .8rem .1rem 0;vertical-align:middle}.counts td:last-child{width:14rem}
figure{margin:.6rem 0}figure svg{display:block;width:100%;height:auto;
font-family:Roboto,system-ui,-apple-system,"Segoe UI","Noto Sans",sans-serif}
figure text{direction:ltr;unicode-bidi:bidi-override;white-space:pre}
ul{list-style:none;margin:.4rem 0;padding:0}li{margin:.45rem 0;padding-left:1.5rem;position:relative}
li>.mark,li>input,li>.pct{position:absolute;left:0;top:.1em;margin:0}li>input{top:.35em}
.causes>li{padding-left:3.1rem}.pct{font-weight:600}
.args li{margin:0;padding-left:1rem;font-size:.87em}.args li>.mark{color:var(--muted)}
.bullets li{margin:.15rem 0;padding-left:1rem;font-size:.93em}
.bullets li::before{content:"•";position:absolute;left:0;color:var(--muted)}
footer{color:var(--muted);font-size:.85rem;margin-top:2rem}
@media print{html{background:none}body{max-width:none;padding:0;font-size:11px}.wide{overflow:visible}
h2,h3,h4{break-after:avoid}section{border:0;padding:0;break-inside:avoid-page}
.run{break-before:page}.top{display:none}}
"""


def style_sheet() -> str:
    """All rules but those of the figures' colours."""
    light, dark = (_colours(load_theme(name)) for name in ("light", "dark"))
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}{_meanings()}{_RULES}"


def _colours(theme: Theme) -> str:
    pairs = [(name.replace("_", "-"), theme.surface(name)) for name in SURFACES]
    for verdict in Verdict:
        style = theme.verdict(verdict)
        pairs += [(f"v-{verdict.value}", style.text), (f"b-{verdict.value}", style.background)]
    pairs += [(f"s-{severity.value}", theme.severity(severity).colour) for severity in Severity]
    return "".join(f"--{name}:{colour};" for name, colour in pairs)


def _meanings() -> str:
    verdicts = (
        f".v-{v.value}{{color:var(--v-{v.value})}}.b-{v.value}{{background:var(--b-{v.value})}}" for v in Verdict
    )
    return "".join(verdicts) + "".join(f".s-{s.value}{{color:var(--s-{s.value})}}" for s in Severity)
