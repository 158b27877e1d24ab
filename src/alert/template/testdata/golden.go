// Fills a golden file with what Go's own packages give: `go run golden.go FILE`. A line is one probe, a JSON array
// [kind, input, …] to which this program adds or replaces the last element. The data is that of golden-data.ts.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	html "html/template"
	"math"
	"os"
	"strconv"
	"strings"
	"text/template"
	"time"
)

type level int

func (l level) String() string               { return [...]string{"OK", "INFO", "WARNING", "CRITICAL"}[l] }
func (l level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

type host struct{ Hostname, ClusterID string }

type base struct {
	Name  string
	Group string
	Tags  map[string]string
	Host  host
}

type row struct {
	Name    string            `json:"name"`
	Tags    map[string]string `json:"tags,omitempty"`
	Columns []string          `json:"columns"`
	Values  [][]interface{}   `json:"values"`
	secret  int
}

type event struct {
	base
	ID       string
	Fields   map[string]interface{}
	Level    string
	State    level
	Time     time.Time
	Duration time.Duration
	List     []interface{}
	Words    []string
	Numbers  []int
	Empty    []string
	Counts   map[string]int64
	Deep     map[string]map[string]string
	Rows     []row
	Nil      interface{}
	Any      interface{}
	Bytes    []byte
	Complex  complex128
	Join     func(string, ...interface{}) string
	Twice    func(int) (int, error)
}

var data = event{
	base: base{"oven", "room=a", map[string]string{"room": "a", "brand": "z<&>", "é": "ü"}, host{"localhost", "c1"}},
	ID:   "oven:a", Level: "WARNING", State: 2,
	Fields: map[string]interface{}{"heat": 6.5, "n": int64(3), "on": true, "s": "q\"<t>'&", "big": int64(1) << 62, "none": nil,
		"nan": math.NaN(), "inf": math.Inf(1), "zero": 0.0, "tiny": 1e-7, "huge": 1e21, "million": 1234567.0},
	Time:     time.Unix(1500000000, 123456789).UTC(),
	Duration: 90250 * time.Millisecond,
	List:     []interface{}{1, 2.5, "x", nil, true, []interface{}{"in", 1}, map[string]interface{}{"k": 1}},
	Words:    []string{"a", "b<c>", "d e"},
	Numbers:  []int{3, 1, 2},
	Empty:    []string{},
	Counts:   map[string]int64{"b": 2, "a": 1},
	Deep:     map[string]map[string]string{"x": {"y": "z"}},
	Rows:     []row{{"cpu", map[string]string{"h": "1"}, []string{"time", "v"}, [][]interface{}{{"t0", 1.5}, {"t1", nil}}, 7}},
	Any:      "any",
	Bytes:    []byte("hi\xff"),
	Complex:  complex(1, -2.5),
	Join:     func(sep string, a ...interface{}) string { return strings.Trim(strings.Join(strings.Fields(fmt.Sprintln(a...)), sep), " ") },
	Twice: func(n int) (int, error) {
		if n < 0 {
			return 0, errors.New("negative")
		}
		return 2 * n, nil
	},
}

func encode(v interface{}) (string, error) {
	var b bytes.Buffer
	err := json.NewEncoder(&b).Encode(v)
	return b.String(), err
}

func compact(v interface{}) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func script(f func(interface{}) (string, error)) func(interface{}) (html.JS, error) {
	return func(v interface{}) (html.JS, error) { s, err := f(v); return html.JS(s), err }
}


func render(kind, text string) string {
	var b bytes.Buffer
	var parse, exec error
	if strings.HasPrefix(kind, "html") {
		t := html.New("t").Funcs(html.FuncMap{"json": script(encode), "jsonCompact": script(compact),
			"safe": func(s string) html.HTML { return html.HTML(s) }, "safeURL": func(s string) html.URL { return html.URL(s) },
			"safeCSS": func(s string) html.CSS { return html.CSS(s) }, "safeAttr": func(s string) html.HTMLAttr { return html.HTMLAttr(s) },
			"safeJSStr": func(s string) html.JSStr { return html.JSStr(s) }, "safeSrcset": func(s string) html.Srcset { return html.Srcset(s) }})
		if t, parse = t.Parse(text); parse == nil {
			exec = t.Execute(&b, data)
		}
	} else {
		t := template.New("t").Funcs(template.FuncMap{"json": encode, "jsonCompact": compact})
		if strings.HasPrefix(kind, "text ") {
			t = t.Option("missingkey=" + kind[5:])
		}
		if t, parse = t.Parse(text); parse == nil {
			exec = t.Execute(&b, data)
		}
	}
	if parse != nil {
		return "parse error: " + parse.Error()
	}
	if exec != nil {
		return "exec error: " + exec.Error()
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}

func answer(probe []interface{}) string {
	kind := probe[0].(string)
	switch kind {
	case "float": // ["float", bits in hexadecimal, verb, precision]
		bits, _ := strconv.ParseUint(probe[1].(string), 16, 64)
		return strconv.FormatFloat(math.Float64frombits(bits), probe[2].(string)[0], int(probe[3].(float64)), 64)
	case "layout": // ["layout", seconds, nanoseconds, layout]
		return time.Unix(int64(probe[1].(float64)), int64(probe[2].(float64))).UTC().Format(probe[3].(string))
	case "zone": // ["zone", seconds, offset, name, layout]
		zone := time.FixedZone(probe[3].(string), int(probe[2].(float64)))
		return time.Unix(int64(probe[1].(float64)), 0).In(zone).Format(probe[4].(string))
	case "duration": // ["duration", nanoseconds in decimal]
		ns, _ := strconv.ParseInt(probe[1].(string), 10, 64)
		return time.Duration(ns).String()
	}
	return render(kind, probe[1].(string)) // ["text" or "html", template]
}

var sizes = map[string]int{"float": 4, "layout": 4, "zone": 5, "duration": 2}

func main() {
	raw, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var out bytes.Buffer
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		var probe []interface{}
		if err := json.Unmarshal([]byte(line), &probe); err != nil {
			panic(err)
		}
		size := sizes[probe[0].(string)]
		if size == 0 {
			size = 2
		}
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(append(probe[:size:size], answer(probe[:size]))); err != nil {
			panic(err)
		}
	}
	if err := os.WriteFile(os.Args[1], out.Bytes(), 0o644); err != nil {
		panic(err)
	}
}
