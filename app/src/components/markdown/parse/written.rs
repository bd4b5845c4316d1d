//! What models write, with what readers should see, as [`markup`] writes it.

use super::{parse, tests::markup};

const TEXTS: &[(&str, &str)] = &[
    // Addresses end before the punctuation of the sentence, in any script.
    (
        "看 https://a.example/b。然后",
        "<p>看 <a https://a.example/b>https://a.example/b</a>。然后</p>",
    ),
    (
        "见https://a.example/b，再见",
        "<p>见<a https://a.example/b>https://a.example/b</a>，再见</p>",
    ),
    (
        "（https://a.example/b）和「https://c.example」",
        "<p>（<a https://a.example/b>https://a.example/b</a>）和「<a https://c.example>https://c.example</a>」</p>",
    ),
    (
        "https://a.example/b、https://c.example！",
        "<p><a https://a.example/b>https://a.example/b</a>、<a https://c.example>https://c.example</a>！</p>",
    ),
    (
        "https://zh.wikipedia.org/wiki/中文 x",
        "<p><a https://zh.wikipedia.org/wiki/中文>https://zh.wikipedia.org/wiki/中文</a> x</p>",
    ),
    (
        "(https://en.wikipedia.org/wiki/Rust_(programming_language)), x",
        "<p>(<a https://en.wikipedia.org/wiki/Rust_(programming_language)>https://en.wikipedia.org/wiki/Rust_(programming_language)</a>), x</p>",
    ),
    (
        "https://a.example/?b=1&c=2. x",
        "<p><a https://a.example/?b=1&c=2>https://a.example/?b=1&c=2</a>. x</p>",
    ),
    (
        "https://a.example/_b_/*c*/~d~?e_f_g",
        "<p><a https://a.example/_b_/*c*/~d~?e_f_g>https://a.example/_b_/*c*/~d~?e_f_g</a></p>",
    ),
    (
        "https://a.example/*b and *c*",
        "<p><a https://a.example/*b>https://a.example/*b</a> and <em>c</em></p>",
    ),
    (
        "**https://a.example/b**, `https://c.example`, \"https://d.example\".",
        "<p><strong><a https://a.example/b>https://a.example/b</a></strong>, <code>https://c.example</code>, \"<a https://d.example>https://d.example</a>\".</p>",
    ),
    (
        "**见 https://a.example/b**。",
        "<p><strong>见 <a https://a.example/b>https://a.example/b</a></strong>。</p>",
    ),
    (
        "http://localhost:3000/ and http://127.0.0.1:8080/x",
        "<p><a http://localhost:3000/>http://localhost:3000/</a> and <a http://127.0.0.1:8080/x>http://127.0.0.1:8080/x</a></p>",
    ),
    (
        "www.a.example/b, me@a.example.",
        "<p><a http://www.a.example/b>www.a.example/b</a>, <a mailto:me@a.example>me@a.example</a>.</p>",
    ),
    (
        "[a [b]](https://a.example/x_(y)) <https://a.example/z>",
        "<p><a https://a.example/x_(y)>a [b]</a> <a https://a.example/z>https://a.example/z</a></p>",
    ),
    (
        "[https://a.example](https://a.example/_b_)",
        "<p><a https://a.example/_b_><a https://a.example>https://a.example</a></a></p>",
    ),
    (
        "file:///etc/passwd javascript:alert(1)",
        "<p>file:///etc/passwd javascript:alert(1)</p>",
    ),
    (
        "| a |\n|---|\n|https://a.example|",
        "<table -><tr><td>a</td></tr><tr><td><a https://a.example>https://a.example</a></td></tr></table>",
    ),
    // Emphasis beside letters and punctuation of scripts without spaces.
    ("前文**测试**后文", "<p>前文<strong>测试</strong>后文</p>"),
    ("**测试。**后文", "<p><strong>测试。</strong>后文</p>"),
    (
        "前文**（测试）**后文",
        "<p>前文<strong>（测试）</strong>后文</p>",
    ),
    (
        "**「字」**字**“字”**字",
        "<p><strong>「字」</strong>字<strong>“字”</strong>字</p>",
    ),
    (
        "**提示（Notice）：**请",
        "<p><strong>提示（Notice）：</strong>请</p>",
    ),
    (
        "**“공개 문서”**는 **한국어(韓國語)**는",
        "<p><strong>“공개 문서”</strong>는 <strong>한국어(韓國語)</strong>는</p>",
    ),
    (
        "**この文（This）。**この",
        "<p><strong>この文（This）。</strong>この</p>",
    ),
    (
        "~~删除（带括号）。~~这个",
        "<p><del>删除（带括号）。</del>这个</p>",
    ),
    ("*斜体（括号）。*这句", "<p><em>斜体（括号）。</em>这句</p>"),
    (
        "**`码`**后文**`a`**。**[字](u)**字",
        "<p><strong><code>码</code></strong>后文<strong><code>a</code></strong>。<strong><a u>字</a></strong>字</p>",
    ),
    (
        "***重要。***后",
        "<p><em><strong>重要。</strong></em>后</p>",
    ),
    ("`**测试。**后`", "<p><code>**测试。**后</code></p>"),
    (
        "2*3*4 snake_case_name __init__.py a * b",
        "<p>2<em>3</em>4 snake_case_name <strong>init</strong>.py a * b</p>",
    ),
    // Footnotes stay where they are written.
    (
        "a[^1] b[^note]\n\n[^1]: c\n[^note]: d *e*\n\nf",
        "<p>a<sup>1</sup> b<sup>note</sup></p><note 1><p>c</p></note><note note><p>d <em>e</em></p></note><p>f</p>",
    ),
    (
        "a[^1]\n\n[^1]: https://a.example/b\n\n    more",
        "<p>a<sup>1</sup></p><note 1><p><a https://a.example/b>https://a.example/b</a></p><p>more</p></note>",
    ),
    ("a[^x] `[^x]`", "<p>a[^x] <code>[^x]</code></p>"),
    ("[^1]: never meant", "<note 1><p>never meant</p></note>"),
    // Entities
    (
        "&lt;b&gt; &amp;amp; &copy; &rarr; &eacute; &#8212; &#x1F600; &nope; `&lt;`",
        "<p><b> &amp; © → é — 😀 &nope; <code>&lt;</code></p>",
    ),
    // Tasks
    (
        "- [x] a\n- [ ] b\n  - [X] c\n* d",
        "<ul><li>[x]a</li><li>[ ]b<ul><li>[x]c</li></ul></li></ul><ul><li>d</li></ul>",
    ),
    (
        "1. [ ] a\n2. [x] **b**",
        "<ol1><li>[ ]a</li><li>[x]<strong>b</strong></li></ol1>",
    ),
    // Line breaks
    (
        "| a | b |\n|---|---|\n| 1<br>2<br/>3<BR />4 | `<br>` |",
        "<table --><tr><td>a</td><td>b</td></tr><tr><td>1<br>2<br>3<br>4</td><td><code><br></code></td></tr></table>",
    ),
    ("a<br>b", "<p>a<br>b</p>"),
    // Tables
    (
        "| a | b |\n|---|---|\n| `a \\| b` | c |\n| `a|b` | ``c|`d`` |\n| LON:DGE | `e |",
        "<table --><tr><td>a</td><td>b</td></tr><tr><td><code>a | b</code></td><td>c</td></tr><tr><td><code>a|b</code></td><td><code>c|`d</code></td></tr><tr><td>LON:DGE</td><td>`e</td></tr></table>",
    ),
    (
        "Text:\n| a | b |\n|:-:|--:|\n| 1 |\n\nend",
        "<p>Text:</p><table cr><tr><td>a</td><td>b</td></tr><tr><td>1</td><td></td></tr></table><p>end</p>",
    ),
    (
        "- a\n\n  | b |\n  |---|\n  | c |",
        "<ul><li><p>a</p><table -><tr><td>b</td></tr><tr><td>c</td></tr></table></li></ul>",
    ),
    // Lists
    (
        "1. a\n   ```sh\n   b\n   ```\n2. c:\n```js\nd\n```\n3. e",
        "<ol1><li>a<pre sh>b</pre></li><li>c:</li></ol1><pre js>d</pre><ol3><li>e</li></ol3>",
    ),
    (
        "3. a\n\n   - b **c**\n     - d\n\n       ```py\n       e\n       ```\n   - f\n\n4. g\n   h",
        "<ol3><li><p>a</p><ul><li>b <strong>c</strong><ul><li><p>d</p><pre py>e</pre></li></ul></li><li>f</li></ul></li><li><p>g\nh</p></li></ol3>",
    ),
    (
        "a:\n- b\n- c\n\nd",
        "<p>a:</p><ul><li>b</li><li>c</li></ul><p>d</p>",
    ),
    // Headings
    (
        "a\n===\nb\n---\n### c ###\n#d",
        "<h1>a</h1><h2>b</h2><h3>c</h3><p>#d</p>",
    ),
    // Markup is text
    (
        "<script>alert(1)</script> <b>c</b> x<sup>2</sup>",
        "<p><script>alert(1)</script> <b>c</b> x<sup>2</sup></p>",
    ),
    (
        "<answer>\n# a\n**b**\n</answer>",
        "<p><answer></p><h1>a</h1><p><strong>b</strong>\n</answer></p>",
    ),
    ("<!-- a\n\n*b* -->", "<p><!-- a</p><p><em>b</em> --></p>"),
    (
        "<img src=x onerror=alert(1)>\n\n<a href=\"https://a.example/b\">c</a>",
        "<p><img src=x onerror=alert(1)></p><p><a href=\"<a https://a.example/b>https://a.example/b</a>\">c</a></p>",
    ),
    (
        "Vec<T>, a < b > c, <T as U>::v, \\<d>",
        "<p>Vec<T>, a < b > c, <T as U>::v, <d></p>",
    ),
    // Dollars
    (
        "$a_1 + b_1$ and $$c$$, $5 and $6",
        "<p>$a_1 + b_1$ and $$c$$, $5 and $6</p>",
    ),
    // Formulas
    (
        r"\(a_1 * b_2 * c_1\), \[b\] and \(c",
        r"<p>\(a_1 * b_2 * c_1\), [b] and (c</p>",
    ),
    (
        "So:\n\n\\[\nx \\\\ *y* <br> \\{a\\}\n- `b` # c\n=\n\\]\n\n*d*",
        "<p>So:</p><p>\\[\nx \\\\ *y* <br> \\{a\\}\n- `b` # c\n=\n\\]</p><p><em>d</em></p>",
    ),
    (r"\[ a_i * b_i *\,* \]", r"<p>\[ a_i * b_i *\,* \]</p>"),
    ("\\[\na\n\n- b", "<p>\\[\na</p><ul><li>b</li></ul>"),
    (
        "`\\(` *a* `\\)`\n\n```sh\n\\[\n```\n\n*b*",
        "<p><code>\\(</code> <em>a</em> <code>\\)</code></p><pre sh>\\[</pre><p><em>b</em></p>",
    ),
    // References
    (
        "[the docs][1], [RFC 2119] and [rfc 2119][], ![p][1]\n\n[1]: https://a.example/b\n[RFC 2119]: <https://c.example> \"t\"",
        "<p><a https://a.example/b>the docs</a>, <a https://c.example>RFC 2119</a> and <a https://c.example>rfc 2119</a>, <img https://a.example/b>p</img></p>",
    ),
    ("[1] [a][b] arr[0][1]", "<p>[1] [a][b] arr[0][1]</p>"),
    ("[straße]\n\n[STRASSE]: u", "<p><a u>straße</a></p>"),
    // Marks that are left
    (
        "~~a~~ ~b~ ~/c and ~/d",
        "<p><del>a</del> <del>b</del> ~/c and ~/d</p>",
    ),
    ("a\\\nb  \nc", "<p>a<br>b<br>c</p>"),
];

#[test]
fn models_are_read_as_they_mean_it() {
    let wrong: Vec<String> = TEXTS
        .iter()
        .map(|(text, right)| (text, right, markup(&parse(text))))
        .filter(|(_, right, read)| read != *right)
        .map(|(text, right, read)| format!("{text:?}\n  right {right:?}\n  read  {read:?}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
