#!/usr/bin/perl
# See that contrib/prometheus and contrib/grafana fit the one table: a metric
# that they ask for is in docs/metrics.md, which is generated from it, in the
# exporter, or recorded by a rule; each alert has a section of docs/runbook.md,
# and each section an alert; each alert is tested, firing and not firing; and
# docs/exporters.md names what is there.
# Prints a line for each fault; exits with 1 if there is any.

use strict;
use warnings;
use JSON::PP;

my $RULES = 'contrib/prometheus/postfix-stats.rules.yml';
my $TESTS = 'contrib/prometheus/postfix-stats.test.yml';
my $RUNBOOK = 'docs/runbook.md';
my $faults = 0;

sub fault
{
	print "$_[0]\n";
	$faults++;
}

sub text_of
{
	my ($file) = @_;

	open my $in, '<', $file or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

# Strings of all members of these names, wherever they are.
sub strings
{
	my ($value, $names) = @_;

	if (ref $value eq 'ARRAY') {
		return map { strings($_, $names) } @$value;
	} elsif (ref $value eq 'HASH') {
		return map {
			$names->{$_} && defined $value->{$_} &&
			    !ref $value->{$_} ? $value->{$_} :
			    strings($value->{$_}, $names)
		} sort keys %$value;
	}
	return ();
}

# What there is to ask for.
my %known;
for (split /\n/, text_of('docs/metrics.md')) {
	$known{$1} = 1 while /`(postfix_[a-z0-9_]+)`/g;
}
for my $file (glob 'exporter/*.c lib/stats/*.c') {
	my $text = text_of($file);
	$known{$1} = 1 while $text =~ /"(postfix_(?:up|stats_[a-z0-9_]+))/g;
}
die "docs/metrics.md: no names found\n" unless keys %known > 50;

my $rules = text_of($RULES);
my $tests = text_of($TESTS);
my $runbook = text_of($RUNBOOK);
$rules =~ s/^\s*#.*\n//mg;
$known{$_} = 1 for $rules =~ /^\s*- record: (\S+)$/mg;

# metrics(FILE, TEXT): those that an expression asks for
sub metrics
{
	my ($file, $text) = @_;

	$text =~ s/"(?:[^"\\]|\\.)*"//g;
	for my $name ($text =~ /(?<![\w:\$-])([a-zA-Z_:][\w:]*)/g) {
		next unless $name =~ /postfix_/ && $name ne 'postfix_instance';
		fault("$file: there is no $name") unless $known{$name}++;
	}
}

# Panel types that Grafana still has, and that these dashboards keep to.
my %types = map { $_ => 1 }
    qw(row timeseries stat table bargauge heatmap state-timeline);
my %uids;

sub dashboard
{
	my ($file, $dashboard) = @_;
	my (%ids, %taken);

	fault("$file: uid $dashboard->{uid} is another's")
	    if $uids{$dashboard->{uid}}++;
	for my $panel (@{$dashboard->{panels}}) {
		my $name = "$file: $panel->{title}";
		my $grid = $panel->{gridPos};

		fault("$name: type $panel->{type}")
		    unless $types{$panel->{type}};
		fault("$name: id $panel->{id} is another's")
		    if $ids{$panel->{id}}++;
		fault("$name: no query")
		    unless $panel->{type} eq 'row' || @{$panel->{targets}};
		for my $x ($grid->{x} .. $grid->{x} + $grid->{w} - 1) {
			for my $y ($grid->{y} .. $grid->{y} + $grid->{h} - 1) {
				fault("$name: lies over $taken{$x}{$y}")
				    if $taken{$x}{$y};
				$taken{$x}{$y} = $panel->{title};
			}
		}
		# what it sends the reader to
		for my $alert (($panel->{description} // '') =~
		    /(Postfix[A-Z]\w+)/g) {
			fault("$name: no alert $alert")
			    unless $rules =~ /- alert: $alert$/m;
		}
	}
}

metrics($RULES, $rules);
metrics($TESTS, join "\n", $tests =~ /(?:series|expr): (.*)/g);
for my $file (glob 'contrib/grafana/*.json') {
	my $dashboard = eval { decode_json(text_of($file)) };
	if (!defined $dashboard) {
		fault("$file: $@");
		next;
	}
	metrics($file, $_) for strings($dashboard,
	    { expr => 1, query => 1 });
	dashboard($file, $dashboard);
}

# What exporters.md puts beside their names is there, and it leaves none out.
my $exporters = text_of('docs/exporters.md');
while ($exporters =~ /`(postfix_[a-z0-9_]+)/g) {
	fault("docs/exporters.md: there is no $1")
	    unless $known{$1} || $known{"$1_bucket"};
}
my ($peers) = text_of('docs/metrics.md') =~
    /^## Names of other exporters\n(.*?)^## /ms;
for my $name (($peers // '') =~ /^\| `(postfix_\w+?)(?:_bucket)?`/mg) {
	fault("docs/exporters.md: $name is missing")
	    unless $exporters =~ /`$name\b/;
}
fault("docs/metrics.md: no names of other exporters") unless $peers;

my @alerts = $rules =~ /^\s*- alert: (\S+)$/mg;
my %sections = map { $_ => 1 } $runbook =~ /^## (\w+)$/mg;
my %tested;
while ($tests =~ /^\s*alertname: (\S+)\n(\s*exp_alerts:)?/mg) {
	$tested{$1}{defined $2 ? 'firing' : 'not firing'} = 1;
}
for my $alert (@alerts) {
	my ($line) = $rules =~
	    /^\s*- alert: $alert\n(?:(?!\s*- ).*\n)*?\s*runbook: (\S+)$/m;
	my $wanted = "$RUNBOOK#" . lc $alert;
	fault("$RULES: the runbook of $alert is not $wanted")
	    unless defined $line && $line eq $wanted;
	fault("$RUNBOOK: no section $alert") unless delete $sections{$alert};
	for my $how ('firing', 'not firing') {
		fault("$TESTS: $alert is not tested $how")
		    unless $tested{$alert}{$how};
	}
}
fault("$RUNBOOK: there is no alert $_") for sort keys %sections;
fault("$RULES: no alerts found") unless @alerts;
exit($faults > 0);
