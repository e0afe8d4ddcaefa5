#!/usr/bin/perl
# Fill the numbers of objects into a script that names them, between the line
# "my %objects = (" and the line "# objects end":
#
#	kit-mrtg.pl contrib/mrtg/postfix-stats-mrtg
#
# prints the script as it should be.

use strict;
use warnings;
use lib 'tools';
use Kit;

my $script = do { local $/; <> };
my ($code) = $script =~ /^# objects end\n(.*)/ms or die "no objects\n";
my %named = map { $_ => 1 } $code =~ /\b(pfs[A-Z]\w+)/g;
my $numbers = join '', map { "\t$_ => '" . object($_)->{suffix} . "',\n" }
    sort keys %named;

$script =~ s/^(my %objects = \(\n).*?^(# objects end\n)/$1$numbers$2/ms;
print $script;
