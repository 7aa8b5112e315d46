"""Common given names and surnames of both countries, and words that mark a body, all folded.

A word in both lists (Martín, Santiago, James, Cruz) stays undecided by itself. An English surname
may be a middle name, and so a given name, too.
"""

from __future__ import annotations

_GIVEN = """
juan jose ma maria guadalupe francisco luis jesus miguel antonio alejandro pedro carlos manuel jorge
roberto fernando daniel ricardo eduardo javier rafael raul sergio arturo alberto hector enrique
mario gerardo martin armando victor ramon oscar alfredo cesar andres gabriel salvador david ruben
jaime angel hugo ernesto agustin felipe marco alfonso julio felix tomas pablo rodolfo ignacio
gilberto guillermo adrian rogelio gustavo santiago mauricio omar ivan joel abel benjamin saul
ismael isaac moises noe elias efrain leonel octavio humberto rodrigo diego emilio esteban
adolfo arnulfo aurelio bernardo camilo cristian cristobal cuauhtemoc domingo edgar eleazar emmanuel
erick everardo fabian fidel genaro german gonzalo gregorio heriberto hilario horacio isidro israel
jacinto joaquin jonathan josue leobardo leonardo leopoldo lorenzo lucio marcelino marcos mateo
maximiliano misael nicolas norberto pascual patricio porfirio ramiro refugio rene reynaldo
rigoberto rosendo samuel sebastian silvestre simon teodoro ulises uriel valentin vicente
margarita veronica elizabeth leticia rosa juana alicia teresa martha gloria yolanda patricia
silvia ana laura sandra norma adriana claudia blanca gabriela alejandra josefina carmen monica
irma lourdes araceli beatriz carolina cecilia cristina daniela diana elena elsa elvia emma
esperanza esther eva fabiola fernanda graciela guillermina hilda imelda ines irene isabel jessica
julia karla liliana lilia lorena lucia luz magdalena marcela maricela marisol maribel mayra mercedes
micaela miriam nancy natalia olga paola perla rocio rosalia rosario sara sofia socorro sonia susana
valeria viviana xochitl yesenia zoila antonia dolores consuelo pilar ximena
james john robert michael william richard joseph thomas charles christopher matthew anthony mark
donald steven paul andrew joshua kenneth kevin brian george timothy ronald jason edward jeffrey
ryan jacob gary nicholas eric stephen larry justin scott brandon frank gregory raymond
patrick jack dennis jerry tyler aaron adam nathan henry douglas zachary peter kyle ethan walter
jeremy harold carl keith roger gerald lawrence terry sean christian arthur austin noah jesse joe
bryan billy jordan albert dylan bruce willie ralph roy eugene randy wayne russell philip bobby
johnny bradley glenn leroy clifford earl norman dale lloyd leon floyd clyde
mary jennifer linda barbara susan margaret lisa betty dorothy donna ashley kimberly emily donna
michelle carol amanda melissa deborah stephanie rebecca sharon cynthia kathleen amy
angela shirley brenda pamela nicole helen samantha katherine christine debra rachel catherine
janet ruth heather virginia judith megan evelyn cheryl hannah jacqueline joan
"""
_SURNAMES = """
hernandez garcia martinez lopez gonzalez perez rodriguez sanchez ramirez cruz flores gomez morales
vazquez reyes jimenez torres diaz gutierrez ruiz mendoza aguilar ortiz moreno castillo romero
alvarez mendez chavez rivera juarez ramos dominguez herrera medina castro vargas guzman velazquez
munoz rojas contreras salazar luna ortega guerrero santiago estrada bautista cortes soto alvarado
espinoza espinosa lara avila rios cervantes silva delgado vega marquez sandoval carrillo leon
fernandez mejia solis nunez rosas valdez campos santos camacho maldonado navarro rosales acosta
pena miranda cabrera valencia nava robles fuentes molina pacheco rangel zavala trujillo salinas
cardenas orozco padilla villanueva villarreal montes arellano beltran ochoa quintero zamora zuniga
serrano suarez meza corona barrera murillo ayala galvan macias ibarra lozano palacios parra escobar
trevino garza cantu esparza duran bernal velasco velez valenzuela vasquez felix olivares osorio
peralta quiroz rivas rubio saavedra salas salgado tapia tellez toledo tovar trejo uribe valdes
valle vera villa villegas yanez zapata zepeda arias aguirre andrade arroyo barajas becerra benitez
blanco bravo calderon cano carrasco casillas castaneda cisneros cordova coronado davila
enriquez escalante escobedo figueroa franco gallardo gallegos galindo gamez guerra huerta lucero
madrid marin mata mora nieto ojeda olvera pineda plascencia ponce prado quezada quintana rocha
rosado ruelas saldana segovia sepulveda sosa tamayo tirado urias verdugo vidal zarate martin tomas
pascual domingo matias mateo simon nicolas lucas marcos gaspar baltazar jacinto lorenzo agustin
andres felipe francisco miguel pedro luis martinez rosario guadalupe jesus refugio alonso manuel
"""
_ENGLISH_SURNAMES = """
smith johnson williams brown jones davis miller wilson anderson taylor thomas jackson white
harris thompson robinson clark lewis walker young hall allen wright hill green
adams nelson baker roberts carter phillips evans turner parker collins edwards stewart
morris murphy cook rogers morgan peterson cooper reed bailey bell howard
ward cox richardson wood watson brooks bennett gray james hughes price myers long foster
sanders ross powell sullivan russell jenkins perry butler barnes fisher
henderson coleman simmons patterson jordan reynolds hamilton graham kim wallace west cole
hayes bryant gibson ellis stevens murray ford marshall owens mcdonald harrison kennedy wells
woods washington scott martin lee king george joseph charles mark arthur lawrence patrick dennis
douglas gregory raymond roy wayne dale earl lloyd floyd clifford glenn norman austin tyler kyle
christian jesse carl keith henry walter peter paul leon ruth
"""
_DEVOTIONS = """
angeles carmen luz jesus guadalupe rosario socorro pilar refugio consuelo lourdes dolores soledad
fatima rocio mercedes remedios milagros concepcion nieves
"""
_BODIES = """
llc inc incorporated incorporation corp corporation limited ltd the assn association council scouts
center centers discount outdoors bait tackle lp llp pllc co company enterprises guns gun pawn
pawnbroker pawnbrokers firearms arms armory ammo ammunition tactical outfitters hardware sporting
sports goods stores store shop supply supplies club range trading jewelry loan loans
ranch farm services service industries international associates group partners bros brothers
trust estate police sheriff sheriffs department dept agency bureau office museum university school
sa sapi sc srl cv armeria municipio gobierno secretaria fiscalia policia ejercito guardia marina
procuraduria direccion comandancia sedena semar sspc fgr pgr dcam empresa compania comercializadora
distribuidora seguridad
"""
_TITLES = "c ciudadano lic ing dr dra sr sra srta prof profa mr mrs ms miss"
_SUFFIXES = "jr sr ii iii iv esq"
_PARTICLES = "de del la las los san santa von van der den da das do dos di du le mc mac st ter"

TITLES = frozenset(_TITLES.split())
SUFFIXES = frozenset(_SUFFIXES.split())
PARTICLES = frozenset(_PARTICLES.split())
GIVEN = frozenset(_GIVEN.split())
ENGLISH_SURNAMES = frozenset(_ENGLISH_SURNAMES.split()) - frozenset(_SURNAMES.split())
SURNAMES = frozenset(_SURNAMES.split()) | ENGLISH_SURNAMES
DEVOTIONS = frozenset(_DEVOTIONS.split())
BODIES = frozenset(_BODIES.split())
BODY_PAIRS = frozenset({"s a", "c v", "l l", "wal mart", "big five", "bass pro"})
