package wording

import "strings"

// wordSet makes a set of words that are separated by white space.
func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// neverPlate are groups of letters that stand beside digits and are no plate: units, months, makes and models of cars, lines, currencies.
var neverPlate = wordSet(`km cm mm kg gr ml kwh kph mph kw cc min sec sek uur std usd eur euro gbp chf pct mtr
	jan feb mar mrt apr mei mai may jun jul aug aou sep okt oct nov dec dez
	bmw kia daf man amg cla gla glb glc gle gls clk cls slk slc eqa eqb eqc eqe eqs vw byd gmc rcz crv hrv rav gti tdi hdi dci tsi
	ral app gsm sms plz tgv rer ice bus tram lijn nmbs sncb e-40 am pm gmt cet cest utc nr art blz pag vol fig tel bel call ext poste covid
	iso www http https usb led lbs rpm dpi ghz mhz db`)

// makes are makes and models of cars that have numbers behind them: "BMW 320".
var makes = wordSet(`bmw kia daf man amg cla gla glb glc gle gls clk cls slk slc eqa eqb eqc eqe eqs vw byd gmc rcz crv hrv rav gti tdi hdi dci tsi ral bus`)

// units stand between two numbers even in capitals.
var units = wordSet(`km cm mm kg kw ml eur usd min sec sek std uur kmh kph mph kwh`)

// months stand between numbers with hyphens, where nothing else but a plate does.
var months = wordSet(`jan feb mar mrt apr mei mai may jun jul aug aou sep okt oct nov dec dez uur tot bis`)

// compactWords are written tight to a number in ordinary texts: "bus12", "120u".
var compactWords = wordSet(`bus tel app nr no art uur min std sec euro eur h u m km cm ans ste eme ier en de tot van om bis um ab`)

// shortWords are words of one to three letters of the four languages; with spaces around they are no part of a plate.
var shortWords = wordSet(`a e i o u y h d l m n s t x
	aan al als bel bij bus dag dan dat de den der des die dit doe dus een eer elk en er erg ga gaf gas gat geen gek god had hal ham heb hem hen het hij hoe hoi hou
	huis hun ik in is ja je job jou juf kan kap ken kin kom kon kop kun kwam lag lek lid lig lijn lip los lui maar mag man mee men met mij min mis mm mol mooi na
	nee net niet nog nu of om ons ooit ook oom op oud over pad pak pan pas per plek pot rij rit rug san ruim ruw rem sla sta tak tas te tel ten ter tip toe tot tuin
	twee u uit uur uw vak val van vast ver via vis vol voor vrij vuur wat weg wel wet wie wij wil zag ze zee zei zes zich zie zij zit zo zon zou zus zuid mei
	aub svp pls mg pk ds nv xc cx rs gt mp hd ft hp kmh pcs
	acht drie elf een tien vier vijf zeven noord oost west rond ca bv nv dhr mw mr ms st sint
	ah ai an ans ami art au aux avec bar bas bon bus ca car ce ces cet cle cri de des dit dix dos du duc eau elle en es est et etc eu eux fer feu fil fin
	fut gaz gre ici il ils jeu je jet jus la le les leur lit loi lot lui ma mai mal me mer mes moi mon mot mur ne ni nez non nos nu nul on ont or os ou oui
	par pas peu pis plu pli pot pre pur qu que qui roi rue sa sac se sec sel ses si six soi sol son sud sur ta tas te tel tes toi ton tot tou tu un une va van ver vie vin
	vol vos vu vue est nord cap clos pont prix rez
	ab aal alt am an ans art arm auf aus bad bar bei bin bis bus da das dem den der des die dir dort du ein eis er es fur gab gar gas geh gib gut hab hat her hin hof
	ich ihm ihn ihr im in ins ist ja je kam los mal man mich mir mit nach nah neu nie nr nun nur ob oft ohne ort ost pro rad rat ruf rot sah sei sie sind so sud tag tal
	tat tor tot tun tur uhr um und uns vom von vor war was weg wem wen wer wie wir wo zu zum zur zug zwei acht drei vier funf elf sie nah ost
	a add age ago air all am an and any are arm art as ask at ate bad bag bar be bed big box boy bus but buy by can cap car cat cup cut day did do dog due ear eat
	end eye far few fit fix fly for fox fun gap gas get go got gun guy had has hat he her hid him his hit hot how i if ill in inn is it its job key kid lad law lay
	led leg let lie lit lot low man map may me men met mix mr my net new no nor not now nut of off oil old on one or our out own owe par pay pen per pet pub put
	ran red rid row run sat saw say sea see set sex she sir sit six sky so son sun tax tea ten the tie tin tip to toe ton too top toy try two up us use via
	war was way we web wet who why win won yes yet you zoo mon tue wed thu fri sat sun
	ma di wo do vr za zo lun mar mer jeu ven sam dim`)

// districts are distinguishing signs of German districts (FZV annex 1), the ones in use in the west first.
var districts = wordSet(`a aa ab abg ac ae aic ak am an ana ang anl ao ap arn asl asz aur aw az b ba bad bar bb bbg bc bed ben ber bf bgl bh bi bir bit biw bk bks bl blk bm
	bn bo bog bor bot bra brb bre brg brk brv bs bt btf bud bul bus bz c ca cas cb ce cha clp clz co coc coe cr cux cw d da dah dan dau dbr dd de deg del di dil din diz
	dkb dl dlg dm dn do don du dud duw dw dz e ea eb ebe ebn ebs eck ed ee eh ei eic eil ein eis el em emd emp en er erb erh erk es esb esw eu ew f fb fd fds feu
	ff fg fi fkb fl flo fn fo for fr frg fri frw fs ft fto fu fus g ga gap gc gdb ge gel geo ger gf gg gha ghc gi gk gl gla glc gm gmn gn go goa goh gp gr gra grh gri
	grm grz gs gt gth gub gun gv gvm gw gz h ha hab hal ham has hb hbn hbs hc hch hd hdh hdl he heb hef hei hel her het hf hg hgn hgw hh hhm hi hig hip hk hl hm hmu hn
	ho hog hoh hol hom hor hot hp hr hro hs hsk hst hu hus hv hvl hwi hx hy hz igb ik il ill in iz j je jev jl jul k ka kb kc ke keh kel kem kf kg kh ki kib kk kl kle klz
	km kn ko kon kot koz kr kru ks kt ku kun kus kw ky kyf l la lan lau lb lbs lbz ld ldk lds leo ler lev lf lg lh li lib lif lip ll lm lo lob loh los lp lr lrs lsa lsn
	lsz lu lub lun lup lwl m mab mai mak mal mar mb mc md me med meg mei mek mel mer met mg mgh mgn mh mhl mi mic mil mk mkk ml mm mn mo mod mol mon mos mq mr ms mse
	msh msp mst mtk mtl mu mub muc mue mul mun mur mus mw my myk mz mzg n nab nai nau nb nd ndh ne nea neb nec nen nes new nf nh ni nk nl nm nmb nms no noh nol nom nor
	np nr nrw nt nu nvp nw nwm nx ny nz oa oal ob obb obg oc och od oe of og oh oha ohr ohv ohz ok ol olb op opr os osl ova ovi ovl ovp oz p pa pac paf pan par pb pch pe
	peg pf pi pin pir pl plo pm pn por pr pru ps pw pz qft qlb r ra rc rd rdg re reg reh rei rg rh ri rid rie rl rm rn ro rod rof rok rol ros rot row rp rs rsl rt ru rud
	rug rv rw rz s sab sad san saw sb sbg sbk sc scz sdh sdl sdt se seb see sef sel sfa sfb sft sg sgh sh sha shg shk shl si sig sim sk sl sle sls slk slf slg sln slu slz
	sm smu sn so sob sog sok som son sp spb spn sr srb sro st sta std ste stl stb sts su sul suw sw swa sz szb t tbb tdo te tet tf tg tir to tol top tr ts tt tu tut
	ue uem uer uh ul um un usi v vb vec ver vg vib vie vit vk voh vr vs w waf wak wan wat wb wbs wda we wel wen wer wes wf wg whv wi wil wis wit wiz wk wl wlg wm wmu wn
	wnd wo wob woh wol wor wos wr wrn ws wsf wst wsw wt wtl wtm wu wug wun wur wwl wz x y z ze zel zi zig zp zr zw zz`)

// services are letters before the number of a train or a year of a cup.
var services = wordSet(`ic ir ec rb wk ek en in`)

// travel precedes the number of a train or a flight.
var travel = wordSet(`vlucht vol flight flug trein train zug rit lijn ligne linie line`)

// parts are the fillers that announce a part of a plate.
var parts = wordSet(`begint beginnend begon eindigt eindigend eindigde deel gedeeltelijk commence commencant termine terminant finit finissant debut partielle beginnt beginnend
	endet endend teil teilweise starts starting begins beginning ends ending partial partly`)

// dashWords are what people say for a hyphen.
var dashWords = wordSet(`dash hyphen streepje koppelteken tiret trait strich bindestrich`)

// tens are numbers of two digits by name.
var tens = wordSet(`tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig
	dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante septante huitante nonante zehn zwolf dreizehn vierzehn funfzehn sechzehn siebzehn
	achtzehn neunzehn zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
	thirty forty fifty sixty seventy eighty ninety`)

// digitWords are digits by name, in four languages.
var digitWords = wordSet(`nul een twee drie vier vijf zes zeven acht negen zero un deux trois quatre cinq sept huit neuf null eins zwei zwo drei funf sechs sieben neun
	one two three four five six seven eight nine`)

// alphabet are letters by name, as people spell them on the telephone.
var alphabet = func() map[string]int {
	set := map[string]int{}
	for w := range wordSet(`alfa alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec romeo sierra tango uniform
		victor whiskey xray yankee zulu anton berta casar dora emil friedrich gustav heinrich ida julius kaufmann ludwig martha nordpol otto quelle samuel
		theodor ulrich viktor wilhelm xanthippe ypsilon zacharias anna bernard cornelis dirk eduard ferdinand gerard hendrik izaak jan karel lodewijk maria nico
		pieter quotient rudolf simon teunis utrecht xantippe ij zaandam anatole berthe celestin desire eugene francois gaston henri irma joseph
		kleber louis marcel nicolas oscar pierre quintal raoul suzanne therese ursule victor william xavier yvonne zoe`) {
		set[w] = 1
	}
	return set
}()
