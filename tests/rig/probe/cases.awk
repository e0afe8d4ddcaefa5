# Take the table of options apart (its head says what it is like): for each case
# DIR/NAME.yml and DIR/NAME-no.yml, the two probes; DIR/NAME.claims and
# DIR/NAME.needs.  Prints the names.
#
#	awk -v dir=DIR -f cases.awk options

/^#/ { next }
/^$/ {
	finish()
	next
}
name == "" {
	name = $1
	print name
	next
}
{
	mark = substr($0, 1, 1)
	text = known(substr($0, 3))
}
mark == " " || mark == "+" { with = with "    " text "\n" }
mark == " " || mark == "-" { without = without "    " text "\n" }
mark ~ /[?&!]/ { claims = claims mark " " text "\n" }
mark == "%" { needs = needs text "\n" }
END { finish() }

# The variables of the environment that it names.
function known(text,    before)
{
	before = ""
	while (match(text, /\$[A-Z][A-Z0-9_]*/)) {
		before = before substr(text, 1, RSTART - 1) \
		    ENVIRON[substr(text, RSTART + 1, RLENGTH - 1)]
		text = substr(text, RSTART + RLENGTH)
	}
	return before text
}

# A line for a key, unless `lines` have it.
function default_key(key, value, lines)
{
	return index("\n" lines, "\n    " key ":") ? "" : \
	    "    " key ": " value "\n"
}

function write_probe(probe, lines, not_by_default)
{
	not_by_default = not_by_default lines
	printf "  - name: %s\n%s%s%s%s%s%s", probe, \
	    default_key("server", "127.0.0.1", not_by_default), \
	    default_key("port", ENVIRON["SMTP"], not_by_default), \
	    default_key("to", "probe@probe.test", not_by_default), \
	    default_key("from", probe "@sender.test", not_by_default), \
	    default_key("payload", "\"Subject: " probe "\"", \
	    not_by_default), lines >(dir "/" probe ".yml")
	close(dir "/" probe ".yml")
}

function finish()
{
	if (name == "")
		return
	write_probe(name, with, "")
	# What can't be missing is missing then.
	write_probe(name "-no", without, claims ~ /(^|\n)!/ ? with : "")
	printf "%s", claims >(dir "/" name ".claims")
	printf "%s", needs >(dir "/" name ".needs")
	close(dir "/" name ".claims")
	close(dir "/" name ".needs")
	name = with = without = claims = needs = ""
}
