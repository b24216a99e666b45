package wording

// givenNames are given names that are frequent in Belgium and the countries around; those that are ordinary words too stand in doubtful.
var givenNames = wordSet(`
	jan piet pieter peter paul pol luc marc mark johan jozef jef karel koen kris kristof bart dirk erik eric filip geert guido hans herman hugo ivan jeroen joris
	kurt lars lieven maarten mathias michiel niels patrick rik robbe roel rudi ruben sander stef stefan steven stijn sven tim tom toon walter werner wim wouter yves
	ann anne annelies anke astrid barbara beatrijs brigitte caroline charlotte chris christel cindy dominique elke ellen els emma eva evelien femke fien frieda goedele greet
	griet hanne heidi hilde ilse inge ingrid isabel jana jolien joke julie karen karin katrien kim kirsten laura leen lien lies liesbeth lieve linda lisa lotte lore lut lynn
	magda maaike marleen marie marijke martine mieke mia monique myriam nathalie nele nina nicole nancy patricia rita ria rosa sandra sara sarah saskia silke sofie sofia
	sonja tamara tine tinne valerie veerle veronique vera wendy yvonne daan sem levi noah liam lucas louis arthur jules adam finn milan mohamed mohammed muhammad ahmed
	ali hassan hussein ibrahim youssef omar mehmet mustafa fatima aicha khadija amina yasmine samira leila hafsa nora maryam bram bas dries jelle jens jasper joost kobe
	mauro mats matteo mattias nand seppe thibo tibo thijs tuur vic viktor willem xander yannick warre senne wannes arne brecht pepijn floris gijs gerrit hendrik henk
	cornelis kees klaas jaap sjoerd teun rutger marloes anouk esmee fleur iris isa jasmijn julia loes maud merel noor olivia roos saar sanne tess zoe mila luna
	jean jacques pierre michel philippe andre alain bernard claude christian daniel denis didier dominique emmanuel etienne francis francois frederic gerard gilles guillaume
	henri herve hubert jerome joel joseph julien laurent leon luc marcel maxime mathieu nicolas olivier pascal patrice quentin raymond remy rene robert roger romain
	sebastien serge simon stephane sylvain theo thierry thomas tristan vincent xavier yannick adele agnes alice amelie anais annie aurelie camille catherine cecile celine
	chantal chloe christine claire clara claudine colette corinne delphine denise elodie elise emilie estelle fabienne florence francoise genevieve georgette helene
	huguette ines isabelle jacqueline jeanne jocelyne josette juliette laetitia laure lea louise lucie lucienne manon marguerite marine marion mathilde melanie michele
	mireille monique nadine odette odile pascale pauline paulette sabine simone solange sophie stephanie suzanne sylvie therese valentine virginie viviane
	hans heinz helmut horst jurgen karl klaus kurt manfred martin matthias michael norbert otto rainer ralf reinhard rolf rudolf siegfried stefan thomas thorsten ulrich
	uwe volker werner wolfgang andreas bernd christoph dieter ernst felix florian frank franz friedrich fritz gerhard gunter gunther gustav harald heinrich holger jens joachim
	jochen johannes jorg josef kai konrad leonhard lothar lukas ludwig moritz niklas philipp sebastian tobias tim anja anna andrea angelika annette antje barbara beate
	birgit brigitte christa christiane claudia cornelia dagmar doris edith elisabeth elke erika eva franziska gabriele gerda gisela gudrun hannelore heike helga hildegard
	ilse ingeborg irmgard jutta karin katharina kerstin kathrin lena lieselotte lieselore lina manuela maria marianne marion martina monika nadine petra renate rosemarie
	ruth sabine sandra silke silvia stefanie steffi susanne svenja tanja ulrike ursula ute waltraud
	james john william george charles david edward harry henry jack joseph matthew michael oliver oscar peter richard robert samuel simon stephen thomas alexander andrew
	anthony benjamin brian christopher daniel dennis derek donald douglas eric gary geoffrey graham gordon ian jason jeremy jonathan joshua keith kenneth kevin leonard
	malcolm martin neil nigel nicholas patrick philip raymond roger ronald ryan sean stuart terence timothy trevor victor walter wayne alice amanda amy angela ann barbara
	betty brenda carol caroline catherine christine deborah diane donna dorothy elizabeth emily emma fiona gillian hannah heather helen jacqueline jane janet jennifer
	jessica joan joanne joyce judith julia julie karen kathleen kimberly laura linda lucy margaret maria mary megan michelle nicola pamela patricia rachel rebecca sally
	samantha sandra sarah sharon sheila shirley sophie stephanie susan teresa tracy valerie victoria wendy zoe
	mark max an rob will bill rose ruth faith hope grace joy may june april dawn eve art guy sue pat pier storm ster mees roos fleur iris luna claire aimee marine
	mia kim sam alex robin jo vera noor ali bas vic isa lien els lore saar tess merel florence victoria oscar hugo victor otto emil
	andrei ion marius pawel piotr krzysztof agnieszka katarzyna ivan dmitri olga natalia svetlana`)

// doubtful are given names that are also words, places or months; alone, or at the start of a sentence, they are no name.
var doubtful = wordSet(`mark max an rob will bill rose ruth faith hope grace joy may june april dawn eve art guy sue pat pier storm ster mees roos fleur iris luna
	claire aimee marine florence victoria oscar otto frank ernst lies els lore noor bas isa lien merel vera kim sam robin stef tine rosa
	marion fien griet ali rita nora dominique camille christian valentine pascal clara kai karen omar jack harry bram`)
